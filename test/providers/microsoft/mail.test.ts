import { describeMailContract } from '../mail-contract.ts';
import { startMicrosoftWorld } from './world.ts';

describeMailContract('Outlook through Graph', startMicrosoftWorld);
