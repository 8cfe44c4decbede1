import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server under measurement, in a process of its own. */
export class Child {
  readonly process: ChildProcess;
  readonly port: number;

  private constructor(process: ChildProcess, port: number) {
    this.process = process;
    this.port = port;
    this.crashed = new Promise((_, reject) => {
      process.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
    this.crashed.catch(() => {});
  }

  static async start(script: string, args: readonly string[] = []): Promise<Child> {
    const path = fileURLToPath(new URL(`../servers/${script}`, import.meta.url));
    const child = fork(path, args, { env: { ...process.env, NODE_ENV: 'production' } });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new Child(child, port);
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** Rejects when the server ends by itself: a stalled reader does that to some. */
  readonly crashed: Promise<never>;

  /** Asks the server for something and waits until it says that it is done. */
  async ask(message: object): Promise<void> {
    const answer = once(this.process, 'message');
    this.process.send(message);
    await Promise.race([answer, this.crashed]);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill();
    await ended;
  }
}
