// B4: one topic, many clients, a burst of 100 events of about 256 bytes, each delivered on its own.
import { parseArgs } from 'node:util';
import { isInstalled, mosquittoServer } from './frame/brokers.ts';
import { burstVariant, graphqlServer, rawServer } from './frame/fan-out-variant.ts';
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
  burstVariant('lockstep', burst, () => graphqlServer('lockstep.ts', clients)),
  burstVariant('graphql-ws', burst, () => graphqlServer('graphql-ws.ts', clients)),
  burstVariant('mercurius', burst, () => graphqlServer('mercurius.ts', clients)),
  ...(isInstalled('mosquitto')
    ? [burstVariant('mosquitto', burst, () => mosquittoServer(clients))]
    : []),
  burstVariant('raw write', burst, () => rawServer(clients)),
];
const results = await runRounds(variants, Number(values.rounds));
const met = report(`B4 fan-out, ${clients} clients, 100 events`, results, [
  { ours: 'lockstep', peer: 'graphql-ws', figure: 'cpu', atLeast: 5 },
  { ours: 'lockstep', peer: 'mercurius', figure: 'cpu', atLeast: 4 },
  { ours: 'lockstep', peer: 'mosquitto', figure: 'cpu', atLeast: 1.2 },
  { ours: 'lockstep', peer: 'raw write', figure: 'cpu', atLeast: 0.9 },
]);
process.exit(met ? 0 : 1);
