/** What changes between two policies or charters, a line a value: `limits.autonomous_changes_per_incident: 8 → 4`. */
export function differences(before: unknown, after: unknown, path = ''): string[] {
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => differences(before[name], after[name], path ? `${path}.${name}` : name));
  }
  const [was, is] = [said(before), said(after)];
  return was === is ? [] : [`${path}: ${was} → ${is}`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function said(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
