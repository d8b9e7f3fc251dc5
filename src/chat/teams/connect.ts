import {
  type Activity,
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  type InvokeResponse,
  type TurnContext,
} from 'botbuilder';
import {
  type AuthenticateRequestResult,
  AuthenticationConstants,
  AuthenticationError,
  ClaimsIdentity,
  type ConnectorClient,
  type ConnectorFactory,
} from 'botframework-connector';

/** The bot's own registration, for one tenant. */
export interface Registration {
  appId: string;
  password: string;
  tenantId: string;
}

interface Wanted {
  /** Undefined: nobody is verified, which only a trial on loopback may do. */
  registration?: Registration;
  /** Where the platform's public keys are described, when not at Microsoft. */
  keysUrl?: string;
}

export type Received =
  | { kind: 'taken'; answer: Pick<InvokeResponse, 'status' | 'body'> | undefined }
  /** Nobody vouches for who sent it. */
  | { kind: 'forged' };

export interface Connection {
  /** Verifies who sent an activity and hands it on. A throw is the handling's own, or the keys cannot be had now. */
  receive(
    authorization: string,
    activity: Partial<Activity>,
    handle: (context: TurnContext) => Promise<void>,
  ): Promise<Received>;
  /** A client of the platform at the address that its activities name. It repeats nothing by itself. */
  client(serviceUrl: string): Promise<ConnectorClient>;
}

/** The one place that knows how the Bot Framework authenticates, in and out. */
export function connect({ registration, keysUrl }: Wanted): Connection {
  const authentication = new ConfigurationBotFrameworkAuthentication({
    ...(registration && {
      MicrosoftAppId: registration.appId,
      MicrosoftAppPassword: registration.password,
      MicrosoftAppTenantId: registration.tenantId,
      MicrosoftAppType: 'SingleTenant',
    }),
    ...(keysUrl && platformAt(keysUrl)),
  });
  const adapter = new Adapter(authentication);
  const appId = registration?.appId ?? '';
  return {
    receive: (authorization, activity, handle) =>
      adapter.receive(authorization, activity, handle, registration !== undefined),
    client: (serviceUrl) =>
      patient(authentication.createConnectorFactory(own(appId, serviceUrl))).create(serviceUrl, undefined),
  };
}

/** Whoever names one address of the library's must name all of them. */
function platformAt(keysUrl: string): Record<string, string> {
  return {
    ToChannelFromBotLoginUrl: AuthenticationConstants.ToChannelFromBotLoginUrl,
    ToChannelFromBotOAuthScope: AuthenticationConstants.ToChannelFromBotOAuthScope,
    ToBotFromChannelTokenIssuer: AuthenticationConstants.ToBotFromChannelTokenIssuer,
    OAuthUrl: AuthenticationConstants.OAuthUrl,
    ToBotFromChannelOpenIdMetadataUrl: keysUrl,
    ToBotFromEmulatorOpenIdMetadataUrl: keysUrl,
  };
}

function own(appId: string, serviceUrl: string): ClaimsIdentity {
  return new ClaimsIdentity([
    { type: AuthenticationConstants.AudienceClaim, value: appId },
    { type: AuthenticationConstants.AppIdClaim, value: appId },
    { type: AuthenticationConstants.ServiceUrlClaim, value: serviceUrl },
  ]);
}

/** What is used of the pipeline below the library's clients. */
interface Pipeline {
  removePolicy(of: { phase: 'Retry' }): void;
  addPolicy(policy: {
    name: string;
    sendRequest<T>(request: { timeout: number }, next: (request: { timeout: number }) => T): T;
  }): void;
}

/** The library repeats a post whose outcome is unknown, so that it stands twice, and has no option against it. */
function patient(factory: ConnectorFactory): ConnectorFactory {
  return {
    create: async (serviceUrl, audience) => {
      const client = await factory.create(serviceUrl, audience as string);
      const { pipeline } = (client as unknown as { client: { pipeline: Pipeline } }).client;
      pipeline.removePolicy({ phase: 'Retry' });
      pipeline.addPolicy({ name: 'within', sendRequest: (request, next) => next(within(request)) });
      return client;
    },
  };
}

/** Nothing waits for ever for a platform that does not answer. */
function within<T extends { timeout: number }>(request: T): T {
  request.timeout ||= 30_000;
  return request;
}

/** The library's own entrance writes every refusal to the console and answers with its text: this one says it in our words. */
class Adapter extends CloudAdapter {
  async receive(
    authorization: string,
    activity: Partial<Activity>,
    handle: (context: TurnContext) => Promise<void>,
    verified: boolean,
  ): Promise<Received> {
    const sender = await this.senderOf(authorization, activity);
    if (!sender || (verified && !isPlatform(sender))) return { kind: 'forged' };
    const { connectorFactory } = sender;
    const calm: AuthenticateRequestResult = {
      ...sender,
      ...(connectorFactory && { connectorFactory: patient(connectorFactory) }),
    };
    const answer = await this.processActivity(calm, activity as Activity, handle);
    return { kind: 'taken', answer: answer ? { status: answer.status, body: answer.body } : undefined };
  }

  private async senderOf(authorization: string, activity: Partial<Activity>) {
    try {
      return await this.botFrameworkAuthentication.authenticateRequest(activity as Activity, authorization);
    } catch (error) {
      if (isForgery(error)) return undefined;
      throw error;
    }
  }
}

/** The library lets in its emulator, other bots and other channels as well, each with a token of its own kind. */
function isPlatform({ claimsIdentity }: AuthenticateRequestResult): boolean {
  const issuer = claimsIdentity.getClaimValue(AuthenticationConstants.IssuerClaim);
  return issuer === AuthenticationConstants.ToBotFromChannelTokenIssuer;
}

/** Keys that cannot be had are an outage; what the library for tokens says of one is not always its own error. */
function isForgery(error: unknown): boolean {
  if (error instanceof AuthenticationError) return Number(error.statusCode) === 401;
  return ['JsonWebTokenError', 'NotBeforeError', 'TokenExpiredError'].includes((error as Error)?.name);
}
