import type { IncomingMessage, Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { InvalidSettingError, type Settings } from '../../config/settings.js';
import type { Dialect } from '../routing/dialect.js';
import { createGuardedServer, type ConnectionLimits } from './guarded-server.js';

/** The service's own routes: they answer on every port and are never prefixed. */
const SERVICE_ROUTES =
  /^\/(docs|redoc|openapi|openapi\.json|jobs|files|healthz|metrics)(?=[/?]|$)|^\/openapi\/|^\/docs-json/;

/** Puts the prefix of a port's dialect before a path. */
export function rewriteForPort(ports: ReadonlyMap<number, string>): (request: IncomingMessage) => string {
  return (request) => {
    const url = request.url ?? '/';
    const dialect = ports.get(request.socket.localPort ?? 0);
    return dialect === undefined || SERVICE_ROUTES.test(url) ? url : `/${dialect}${url}`;
  };
}

/** Throws an {@link InvalidSettingError} for a port whose dialect is not in the registry. */
export function assertKnownDialects(ports: ReadonlyMap<number, string>, dialects: readonly Dialect[]): void {
  for (const name of ports.values()) {
    if (dialects.some((dialect) => dialect.name === name)) continue;
    const known = dialects.map((dialect) => dialect.name).join(', ');
    throw new InvalidSettingError(`DIALECT_PORTS names an unknown dialect "${name}": there are ${known}`);
  }
}

/** Opens the dialects' ports on the same application. Rejects with an error that names the port. */
export async function openDialectPorts(
  fastify: FastifyInstance,
  settings: ConnectionLimits & Pick<Settings, 'host' | 'dialectPorts'>,
): Promise<Server[]> {
  const servers: Server[] = [];
  for (const [port, dialect] of settings.dialectPorts) {
    const server = createGuardedServer(settings, (request, response) => fastify.routing(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(new Error(`DIALECT_PORTS ${String(port)}=${dialect}: ${portTrouble(error)}`));
      });
      server.listen(port, settings.host, resolve);
    });
    servers.push(server);
  }
  return servers;
}

export function portTrouble(error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') return 'the port is in use';
  if (error.code === 'EACCES') return 'the port may not be opened by this user';
  return error.message;
}
