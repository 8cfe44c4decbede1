/**
 * A run's life as data. Nothing else in the program decides which move is legal.
 *
 *   queued ──claim──> running ──complete──> completed
 *     ^                 │ │ └────fail─────> failed ──retry──> queued
 *     │                 │ └──────hold─────> held ──approve──> queued
 *     ├── give_back, retry_later, lease_lost
 *     └── resume <── paused <── (pause; a running run first gets a request)
 *
 * Nobody but its worker may move a running run, so `pause` and `cancel` on one only leave a request.
 * The worker honours it at the next page boundary, and whatever else takes the run from the worker
 * (a failed attempt, a lost lease, a shutdown) honours it as well.
 */
export const runStates = [
  'queued',
  'running',
  'paused',
  'held',
  'completed',
  'failed',
  'cancelled',
] as const;
export type RunState = (typeof runStates)[number];

export const runEvents = [
  /** A worker took the run and its lease. */
  'claim',
  /** The worker gives the run back unfinished: shutdown or end of its time slice. Counts no attempt. */
  'give_back',
  /** The attempt failed and the policy wants another. */
  'retry_later',
  /** The lease ran out by the database's clock. */
  'lease_lost',
  'pause',
  'resume',
  /** The worker stops for the run's request. */
  'honour',
  'hold',
  'approve',
  'complete',
  'fail',
  'cancel',
  'retry',
] as const;
export type RunEvent = (typeof runEvents)[number];

export const requestedActions = ['pause', 'cancel'] as const;
export type RequestedAction = (typeof requestedActions)[number];

/** Status and open request; only a running run has a request. */
export interface RunPosition {
  readonly status: RunState;
  readonly requested: RequestedAction | null;
}

type Moves = Readonly<Partial<Record<RunEvent, RunState>>>;

/** Where each event leads. What is not listed is illegal. */
export const legalMoves: Readonly<Record<RunState, Moves>> = {
  queued: { claim: 'running', pause: 'paused', cancel: 'cancelled' },
  running: {
    give_back: 'queued',
    retry_later: 'queued',
    lease_lost: 'queued',
    hold: 'held',
    complete: 'completed',
    fail: 'failed',
  },
  paused: { resume: 'queued', cancel: 'cancelled' },
  held: { approve: 'queued', cancel: 'cancelled' },
  completed: {},
  failed: { retry: 'queued' },
  cancelled: {},
};

/** Where a running run with an open request ends up instead. A finished run stays finished. */
const movesOfRequested: Readonly<Record<RequestedAction, Moves>> = {
  pause: {
    honour: 'paused',
    give_back: 'paused',
    retry_later: 'paused',
    lease_lost: 'paused',
    hold: 'held',
    complete: 'completed',
    fail: 'failed',
  },
  cancel: {
    honour: 'cancelled',
    give_back: 'cancelled',
    retry_later: 'cancelled',
    lease_lost: 'cancelled',
    hold: 'cancelled',
    complete: 'completed',
    fail: 'cancelled',
  },
};

/**
 * What an event on a running run makes of its request: the stronger wish wins, and asking twice is
 * asking once.
 */
const requestMoves: Readonly<
  Record<'none' | RequestedAction, Readonly<Partial<Record<RunEvent, RequestedAction | 'none'>>>>
> = {
  none: { pause: 'pause', cancel: 'cancel' },
  pause: { pause: 'pause', cancel: 'cancel', resume: 'none' },
  cancel: { cancel: 'cancel' },
};

/** The position after the event, or null when the event is illegal there. */
export function nextPosition(position: RunPosition, event: RunEvent): RunPosition | null {
  const { status, requested } = position;
  if (status === 'running') {
    const request = requestMoves[requested ?? 'none'][event];
    if (request) return { status, requested: request === 'none' ? null : request };
  }
  const moves = requested ? movesOfRequested[requested] : legalMoves[status];
  const to = moves[event];
  return to ? { status: to, requested: null } : null;
}

/** A run in one of these has no worker and needs none: at most `retry` leads out. */
export const finishedStates: readonly RunState[] = runStates.filter((state) =>
  Object.keys(legalMoves[state]).every((event) => event === 'retry'),
);

/** A run in one of these can never change again. */
export const terminalStates: readonly RunState[] = runStates.filter(
  (state) => Object.keys(legalMoves[state]).length === 0,
);

/** At most one run of a kind and target may be in one of these. */
export const liveStates: readonly RunState[] = runStates.filter(
  (state) => !finishedStates.includes(state),
);

export type RunOutcome = 'completed' | 'failed' | 'cancelled';

/** Narrows a state to the outcomes that end a run. */
export function isOutcome(state: RunState): state is RunOutcome {
  return finishedStates.includes(state);
}
