import { describe, expect, it } from 'vitest';
import {
  finishedStates,
  legalMoves,
  liveStates,
  nextPosition,
  type RequestedAction,
  type RunEvent,
  type RunPosition,
  type RunState,
  requestedActions,
  runEvents,
  runStates,
  terminalStates,
} from '../../../src/services/sync/state.ts';

type Row = Readonly<Record<RunEvent, string>>;
const illegal = '-';

/** The whole product, written out by hand; a missing cell does not compile. */
const expected: Readonly<Record<RunState | `running+${RequestedAction}`, Row>> = {
  queued: row({ claim: 'running', pause: 'paused', cancel: 'cancelled' }),
  running: row({
    give_back: 'queued',
    retry_later: 'queued',
    lease_lost: 'queued',
    pause: 'running+pause',
    cancel: 'running+cancel',
    hold: 'held',
    complete: 'completed',
    fail: 'failed',
  }),
  'running+pause': row({
    give_back: 'paused',
    retry_later: 'paused',
    lease_lost: 'paused',
    pause: 'running+pause',
    resume: 'running',
    cancel: 'running+cancel',
    honour: 'paused',
    hold: 'held',
    complete: 'completed',
    fail: 'failed',
  }),
  'running+cancel': row({
    cancel: 'running+cancel',
    give_back: 'cancelled',
    retry_later: 'cancelled',
    lease_lost: 'cancelled',
    honour: 'cancelled',
    hold: 'cancelled',
    complete: 'completed',
    fail: 'cancelled',
  }),
  paused: row({ resume: 'queued', cancel: 'cancelled' }),
  held: row({ approve: 'queued', cancel: 'cancelled' }),
  completed: row({}),
  failed: row({ retry: 'queued' }),
  cancelled: row({}),
};

function row(legal: Partial<Row>): Row {
  const all = Object.fromEntries(runEvents.map((event) => [event, legal[event] ?? illegal]));
  return all as Row;
}

function name({ status, requested }: RunPosition): string {
  return requested ? `${status}+${requested}` : status;
}

const positions: readonly RunPosition[] = [
  ...runStates.map((status) => ({ status, requested: null })),
  ...requestedActions.map((requested) => ({ status: 'running' as const, requested })),
];

describe('state × event', () => {
  for (const position of positions) {
    for (const event of runEvents) {
      const to = expected[name(position) as keyof typeof expected][event];
      it(`${name(position)} on ${event} gives ${to === illegal ? 'nothing' : to}`, () => {
        const next = nextPosition(position, event);
        expect(next ? name(next) : illegal).toBe(to);
      });
    }
  }
});

describe('what follows from the moves', () => {
  it('knows where a run has ended', () => {
    expect(finishedStates).toEqual(['completed', 'failed', 'cancelled']);
    expect(terminalStates).toEqual(['completed', 'cancelled']);
    expect(liveStates).toEqual(['queued', 'running', 'paused', 'held']);
  });

  it('reaches every state from queued', () => {
    const seen = new Set<string>();
    const queue: RunPosition[] = [{ status: 'queued', requested: null }];
    for (let position = queue.pop(); position; position = queue.pop()) {
      if (seen.has(name(position))) continue;
      seen.add(name(position));
      for (const event of runEvents) {
        const next = nextPosition(position, event);
        if (next) queue.push(next);
      }
    }
    expect([...seen].toSorted()).toEqual(positions.map(name).toSorted());
  });

  it('leaves no request on a run that does not run', () => {
    for (const position of positions) {
      for (const event of runEvents) {
        const next = nextPosition(position, event);
        if (next?.requested) expect(next.status).toBe('running');
      }
    }
  });

  it('can always end a live run by cancelling it', () => {
    for (const status of liveStates) {
      const asked = nextPosition({ status, requested: null }, 'cancel');
      const ended = asked?.requested ? nextPosition(asked, 'honour') : asked;
      expect(ended?.status).toBe('cancelled');
    }
  });

  it('starts work only by a claim', () => {
    const starts = runStates.flatMap((status) =>
      Object.entries(legalMoves[status])
        .filter(([, to]) => to === 'running')
        .map(([event]) => `${status} on ${event}`),
    );
    expect(starts).toEqual(['queued on claim']);
  });
});
