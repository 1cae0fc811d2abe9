import { describeBroadcastBus } from '../../test/contracts/broadcast-bus.contract.js';
import { LocalBroadcastBus } from './broadcast-bus.js';

describeBroadcastBus('LocalBroadcastBus', () => new LocalBroadcastBus());
