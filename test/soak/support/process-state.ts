import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { get } from '../../support/http.js';
import { childrenOf, residentBytes } from '../../support/processes.js';
import type { Server } from '../../support/server.js';

/** A report of process-probe.mjs. */
interface ProbeReport {
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  readonly listeners: Readonly<Record<string, number>>;
  readonly handles: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

/** Everything that must return to where it was, by name. */
export interface ProcessState {
  readonly values: ReadonlyMap<string, number>;
  readonly listeners: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}

const MIB = 1024 ** 2;
/** Gauges that tell the time that requests took, not what is held. */
const ESTIMATES = ['parley_queue_drain_seconds', 'parley_event_loop_delay_seconds'];
/** Memory is read this often, and the least counts: a collection may be due at any one moment. */
const READINGS = 5;
const PAUSE_MS = 1000;

function probe(socketPath: string): Promise<ProbeReport> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(socketPath);
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => (text += piece));
    socket.on('error', reject);
    socket.on('end', () => resolve(JSON.parse(text) as ProbeReport));
  });
}

function descriptorsOf(pid: number): number {
  return readdirSync(`/proc/${String(pid)}/fd`).length;
}

function threadsOf(pid: number): number {
  return Number(/^Threads:\s+(\d+)$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]);
}

export function filesBelow(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
  } catch {
    return 0; // it is not there yet
  }
}

/** Samples of the service's own gauges, by name and labels. */
async function gaugesOf(url: string): Promise<[string, number][]> {
  const { text } = await get(`${url}/metrics`);
  const names = [...text.matchAll(/^# TYPE (parley_\w+) gauge$/gm)].map(([, name]) => name ?? '');
  const kept = names.filter((name) => !ESTIMATES.includes(name));
  return text
    .split('\n')
    .filter((line) => kept.some((name) => line.startsWith(`${name} `) || line.startsWith(`${name}{`)))
    .map((line) => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    });
}

const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

function leastOf(readings: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const [first = new Map<string, number>()] = readings;
  return new Map(
    [...first.keys()].map((name) => [name, Math.min(...readings.map((reading) => reading.get(name) ?? Infinity))]),
  );
}

/** What the operating system says of the service and its runners; megabytes, so that tables can be read. */
function processFigures({ pid }: Server): [string, number][] {
  const runners = childrenOf(pid);
  const sum = (of: (pid: number) => number): number => runners.reduce((all, one) => all + of(one), 0);
  return [
    ['RSS of the service, MiB', residentBytes(pid) / MIB],
    ['RSS of the runners, MiB', sum(residentBytes) / MIB],
    ['descriptors of the service', descriptorsOf(pid)],
    ['descriptors of the runners', sum(descriptorsOf)],
    ['threads of the service', threadsOf(pid)],
    ['threads of the runners', sum(threadsOf)],
    ['runners', runners.length],
  ];
}

/** Measures a service that has nothing to do. */
export async function stateOf(server: Server, probeSocket: string, temporary: string): Promise<ProcessState> {
  const readings: Map<string, number>[] = [];
  let report = await probe(probeSocket);
  for (let n = 0; n < READINGS; n++) {
    report = await probe(probeSocket);
    readings.push(
      new Map([
        ...processFigures(server),
        ['heap of the service, MiB', report.heapUsed / MIB],
        ['buffers of the service, MiB', report.external / MIB],
        ['listeners', total(report.listeners)],
        ['open handles', total(report.handles)],
      ]),
    );
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const values = new Map([
    ...leastOf(readings),
    ['files generated', filesBelow(join(server.dataDir, 'files/generated'))],
    ['files uploaded', filesBelow(join(server.dataDir, 'files/uploads'))],
    ['files of models', filesBelow(server.modelsDir)],
    ['temporary files', filesBelow(temporary)],
    ...(await gaugesOf(server.url)),
  ]);
  return { values, listeners: report.listeners, warnings: report.warnings };
}
