// B5: 100 events within one window to 1,000 clients; then a tenth of the clients drops out.
import { parseArgs } from 'node:util';
import { isInstalled, natsServer } from './frame/brokers.ts';
import { dropOut } from './frame/drop-out.ts';
import { burstVariant, graphqlServer } from './frame/fan-out-variant.ts';
import { report } from './frame/report.ts';
import { runRounds } from './frame/rounds.ts';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
  },
});
const clients = Number(values.clients);
const burst = { clients, events: 100 };
const variants = [
  burstVariant('lockstep', burst, () => graphqlServer('lockstep.ts', clients, { together: true })),
  burstVariant('lockstep, all of one run', { ...burst, told: 1 }, () =>
    graphqlServer('lockstep.ts', clients, { together: true, oneRun: true }),
  ),
  burstVariant('graphql-ws', burst, () =>
    graphqlServer('graphql-ws.ts', clients, { together: true }),
  ),
  ...(isInstalled('nats-server') ? [burstVariant('nats', burst, () => natsServer(clients))] : []),
];
const results = await runRounds(variants, Number(values.rounds));
const met = report(`B5 burst, ${clients} clients, 100 events in 10 ms, window 20 ms`, results, [
  { ours: 'lockstep', peer: 'graphql-ws', figure: 'cpu', atLeast: 50 },
  { ours: 'lockstep', peer: 'nats', figure: 'cpu', atLeast: 2 },
]);
const missing = await dropOut(clients);
process.stdout.write(
  `final state after a tenth dropped out for 2 s: missing at ${missing} of ${clients} clients\n`,
);
process.exit(met && missing === 0 ? 0 : 1);
