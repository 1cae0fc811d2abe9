import type { BanPage, RevocationPage } from 'nestjs-ws-security/admin';
import { liftBan, liftRevocation } from './acts.js';
import { ApiError } from './api.js';
import type { Desk } from './desk.js';
import { button, type Child, h, table, value } from './dom.js';
import { date, number } from './texts.js';

type Query = Readonly<{ user?: string | undefined; address?: string | undefined }>;

/** The bans and revocations in force, with ways to lift them. */
export async function inForce(desk: Desk, { user, address }: Query): Promise<Child[]> {
  const ofUser = address === undefined || user !== undefined;
  const [bans, ofAddress, revocations] = await Promise.all([
    ofUser && listed(desk.api.get<BanPage>('/bans', { user })),
    address !== undefined && listed(desk.api.get<BanPage>('/bans', { address })),
    ofUser && listed(desk.api.get<RevocationPage>('/revocations', { user })),
  ]);
  return [
    ...[bans, ofAddress].map((page) => page && banTable(desk, page)),
    revocations && revoked(desk, revocations),
  ];
}

/** A store of the application need not be able to list. */
async function listed<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 501) return undefined;
    throw error;
  }
}

function banTable(desk: Desk, { bans, total }: BanPage): Child {
  if (bans.length === 0) return undefined;
  return table(
    `Bans (${number(total)})`,
    ['Who', 'Issuer', 'Until', ''],
    bans.map((ban) => [
      h('span', {}, ban.user === null ? 'address ' : 'user ', value(ban.user ?? ban.address ?? '')),
      ban.issuer === null ? '–' : value(ban.issuer, 32),
      date(ban.until),
      button('Lift …', () => desk.act(liftBan(ban))),
    ]),
  );
}

function revoked(desk: Desk, { revocations, total }: RevocationPage): Child {
  if (revocations.length === 0) return undefined;
  return table(
    `Revocations (${number(total)})`,
    ['Who', 'Issuer', 'Issued until', 'Kept until', ''],
    revocations.map((one) => [
      h('span', {}, `${one.kind} `, value(one.user ?? one.hash ?? '')),
      one.issuer === null ? '–' : value(one.issuer, 32),
      one.before === null ? 'all' : date(one.before),
      one.until === null ? 'for good' : date(one.until),
      button('Lift …', () => desk.act(liftRevocation(one))),
    ]),
  );
}
