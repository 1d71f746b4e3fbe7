import { connect } from 'node:net';

/** Sends bytes over a connection of its own and returns all that comes back until the peer closes or resets it. */
export function rawExchange(base: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => (received += piece));
    socket.on('error', () => undefined); // 'close' follows
    socket.on('close', () => resolve(received));
  });
}
