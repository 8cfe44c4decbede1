import { describeMailContract } from '../mail-contract.ts';
import { startGoogleWorld } from './world.ts';

describeMailContract('Gmail', startGoogleWorld);
