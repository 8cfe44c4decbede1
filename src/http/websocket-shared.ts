import type { ExecutionResult } from 'graphql';
import type { AnyLiveStream } from '../services/live/live-stream.ts';
import type { StreamGroups } from '../services/live/stream-groups.ts';
import { NextFrames } from './next-frames.ts';
import type { WebSocketConnection } from './websocket-connection.ts';
import { idBytes } from './websocket-frame.ts';
import type { ResultSource } from './websocket-results.ts';

export interface SharedOperation {
  readonly connection: WebSocketConnection;
  readonly id: string;
  /** Equal for operations whose results are equal. */
  readonly key: string;
  readonly stream: AnyLiveStream;
  readonly streams: StreamGroups<NextFrames>;
  /** Executes the operation for one row each. */
  readonly execute: (rows: readonly unknown[]) => Promise<ExecutionResult[]>;
}

/**
 * A subscription that has its present state to itself and its changes together with all others of
 * its key: those are executed, serialised and framed once, and written past the protocol library,
 * which keeps the operation's life.
 */
export function sharedResults(operation: SharedOperation): ResultSource {
  const { connection, id, key, stream, streams, execute } = operation;
  const bytes = idBytes(id);
  let waiting: ExecutionResult[] = [];
  let leave: (() => void) | null = null;
  stream.onEnd(() => leave?.());

  function follow(): readonly { readonly row: unknown }[] {
    leave = streams.follow(
      key,
      { stream, deliver: (frames) => connection.sendFrames(frames.forIdsOf(bytes.length), bytes) },
      async (rows) => new NextFrames((await execute(rows)).map((result) => JSON.stringify(result))),
    );
    // What came between the reading and this moment; from here on the others' queue serves.
    const meanwhile = stream.takeNow();
    if (stream.isBehind) {
      leave();
      leave = null;
    } else {
      stream.closeQueue();
    }
    return meanwhile;
  }

  /** The own part: present state, and changes until the others are joined. Null: the stream has ended. */
  async function ownRows(): Promise<readonly { readonly row: unknown }[] | null> {
    if (stream.isBehind) return stream.nextBatch();
    const meanwhile = follow();
    if (meanwhile.length > 0 || !leave) return meanwhile;
    return null;
  }

  return {
    async next() {
      while (waiting.length === 0) {
        const rows = leave ? null : await ownRows();
        if (rows === null) return endOf(stream);
        waiting = await execute(rows.map(({ row }) => row));
      }
      return waiting.shift() ?? null;
    },
    stop: () => stream.end(null),
  };
}

/** Resolves with null when the stream ends, rejects with the error that ended it. */
function endOf(stream: AnyLiveStream): Promise<null> {
  return new Promise((resolve, reject) => {
    stream.onEnd((error) => (error ? reject(error) : resolve(null)));
  });
}
