import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledBench } from './bundled.js';

/** What the benchmark writes into its file. */
export interface BenchResults {
  guarded: string[];
  readings: { part: string; what: string; value: number | null }[];
  samples: { transport: string; scenario: string; peer: string; values: Record<string, number> }[];
}

/** Runs the benchmark in a process of its own. */
export function runBench(
  args: readonly string[],
  script = bundledBench(),
): Promise<{ code: number | null; output: string }> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'NODE_OPTIONS'));
  const child = spawn(process.execPath, [script, ...args], { env });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** Measures a few hundred messages. Fails as the benchmark fails. */
export async function smokeBench(...args: string[]): Promise<BenchResults> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const out = join(folder, 'results.json');
    const { code, output } = await runBench(['--smoke', ...args, `--out=${out}`]);
    expect({ code, output }).toMatchObject({ code: 0 });
    return JSON.parse(readFileSync(out, 'utf8')) as BenchResults;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
