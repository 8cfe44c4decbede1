import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { Shutdown } from '../../src/start/shutdown.ts';

function recorder() {
  let text = '';
  const log = createLog({
    level: 'info',
    format: 'json',
    destination: {
      write: (line) => {
        text += line;
      },
    },
  });
  return { log, text: () => text };
}

describe('Shutdown', () => {
  it('stops in the reverse order of starting, once', async () => {
    const { log } = recorder();
    const shutdown = new Shutdown();
    const stopped: string[] = [];
    shutdown.add('database', () => stopped.push('database'));
    shutdown.add('api', () => stopped.push('api'));
    await Promise.all([shutdown.run(log), shutdown.run(log)]);
    expect(stopped).toEqual(['api', 'database']);
  });

  it('goes on past a step that fails or hangs, and says so', async () => {
    const { log, text } = recorder();
    const shutdown = new Shutdown();
    const stopped: string[] = [];
    shutdown.add('database', () => stopped.push('database'));
    shutdown.add('worker', () => new Promise(() => {}), 0.05);
    shutdown.add('api', () => Promise.reject(new Error('port gone')));
    await shutdown.run(log);
    expect(stopped).toEqual(['database']);
    expect(text()).toContain('stopping worker took longer');
    expect(text()).toContain('port gone');
  });
});
