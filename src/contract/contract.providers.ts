import type { Provider } from '@nestjs/common';
import { ContractAudit } from './declarations/contract-audit.js';
import { EventChecks } from './document/event-checks.js';
import { EventLimitReader } from './document/event-limits.js';
import { WsContract } from './ws-contract.js';

/** Providers of the contract. */
export const CONTRACT_PROVIDERS: Provider[] = [ContractAudit, EventLimitReader, EventChecks, WsContract];
