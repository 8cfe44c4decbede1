import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { emptySeed, gmailOf } from './google/support/gmail.ts';

describe('the clock', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await startSandbox({ port: 0, seed: emptySeed });
  });
  beforeEach(() => sandbox.control.reset());
  afterAll(() => sandbox.close());

  const now = async () => Date.parse((await sandbox.control.clock.get()).now);

  it('runs with real time, and keeps a step exactly', async () => {
    expect(Math.abs((await now()) - Date.now())).toBeLessThan(1000);
    const { offsetMs } = await sandbox.control.clock.advance({ seconds: 3600 });
    expect(offsetMs).toBe(3_600_000);
  });

  it('runs as many times as fast, from where it stood', async () => {
    const before = await now();
    await sandbox.control.clock.scale(600);
    await wait(300);
    const passed = (await now()) - before;
    expect(passed).toBeGreaterThanOrEqual(180_000);
    expect(passed).toBeLessThan(3_000_000);
    await sandbox.control.clock.freeze();
    const frozen = await now();
    await wait(20);
    expect(await now()).toBe(frozen);
    await sandbox.control.clock.unfreeze();
    expect(await now()).toBeGreaterThanOrEqual(frozen);
  });

  it('keeps its rate and place over a snapshot', async () => {
    await sandbox.control.clock.scale(100);
    await sandbox.control.clock.advance({ seconds: 86_400 });
    const snapshot = await sandbox.control.snapshot();
    const before = await now();
    await sandbox.control.reset();
    await sandbox.control.restore(snapshot);
    const { rate } = await sandbox.control.clock.get();
    expect(rate).toBe(100);
    expect((await now()) - before).toBeGreaterThan(-60_000);
  });

  it('gives quotas back at its own pace', async () => {
    await sandbox.control.google.changeSettings({ quota: { perUser: 5 } });
    await sandbox.control.clock.scale(240);
    const gmail = await gmailOf(sandbox);
    const list = async () => (await gmail.send('/messages')).status;
    expect(await list()).toBe(200);
    await wait(300);
    expect(await list()).toBe(200);
  });

  it('refuses a rate at which time would stand still or go back', async () => {
    await expect(sandbox.control.clock.scale(0)).rejects.toThrow(/rate/);
    await expect(sandbox.control.clock.scale(-1)).rejects.toThrow(/rate/);
  });
});
