import type { DiscoveryService } from '@nestjs/core';

/** What Nest's container knows of a provider. */
export type InstanceWrapper = ReturnType<DiscoveryService['getProviders']>[number];

/** A module in Nest's container. */
export type Module = NonNullable<InstanceWrapper['host']>;
