import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { DialectName } from './config/dialect-names.js';

/** The service's own routes: they answer on every port and are never prefixed. */
const SERVICE_ROUTES =
  /^\/(docs|redoc|openapi|openapi\.json|jobs|files|healthz|metrics)(?=[/?]|$)|^\/openapi\/|^\/docs-json/;

/** Puts the prefix of a port's dialect before a path. */
export function rewriteForPort(ports: ReadonlyMap<number, DialectName>): (request: IncomingMessage) => string {
  return (request) => {
    const url = request.url ?? '/';
    const dialect = ports.get(request.socket.localPort ?? 0);
    return dialect === undefined || SERVICE_ROUTES.test(url) ? url : `/${dialect}${url}`;
  };
}

/** Opens the dialects' ports on the same application. Rejects with an error that names the port. */
export async function openDialectPorts(
  fastify: FastifyInstance,
  host: string,
  ports: ReadonlyMap<number, DialectName>,
): Promise<Server[]> {
  const servers: Server[] = [];
  for (const [port, dialect] of ports) {
    const server = createServer((request, response) => fastify.routing(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(new Error(`DIALECT_PORTS ${String(port)}=${dialect}: ${portTrouble(error)}`));
      });
      server.listen(port, host, resolve);
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
