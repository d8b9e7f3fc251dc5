// Preloaded into a program that would listen to the whole network: whatever it opens listens on loopback alone,
// and it ends when its input does, which is when whoever started it is gone, however that came about.
import { type ListenOptions, Server } from 'node:net';

type Listen = (this: Server, options: ListenOptions, told?: () => void) => Server;
const listen = Server.prototype.listen as Listen;

Server.prototype.listen = function (this: Server, ...given: unknown[]): Server {
  const [first] = given;
  const told = given.find((one) => typeof one === 'function') as (() => void) | undefined;
  const asked = typeof first === 'object' && first !== null ? first : { port: Number(first ?? 0) };
  return listen.call(this, { ...asked, host: '127.0.0.1' }, told);
} as typeof Server.prototype.listen;

process.stdin.on('end', () => process.exit()).resume();
