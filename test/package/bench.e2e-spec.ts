import { Throttle } from '@nestjs/throttler';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString, MaxLength } from 'class-validator';
import { SecureGateway, WsPublic, WsRoles } from 'nestjs-ws-security';
import { parseOrder } from '../../bench/arguments.js';
import { SECRET } from '../../bench/load/tokens.js';
import { PEERS } from '../../bench/peers/catalogue.js';
import { assertProtected } from '../../bench/protections/assert-protected.js';
import { missingProtections } from '../../bench/protections/protections.js';
import { SCARCE } from '../../bench/servers/measured.js';
import { EchoDto } from '../support/echo.gateway.js';
import { type BenchResults, runBench, smokeBench } from '../support/run-bench.js';
import { type RunningApp, startApp } from '../support/start-app.js';

class LongDto {
  @IsString()
  @MaxLength(1000)
  text!: string;
}

@WsRoles('user')
@SecureGateway({ path: '/ws' })
class GuardedGateway {
  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: EchoDto): { text: string } {
    return { text };
  }

  @Throttle({ default: SCARCE })
  @SubscribeMessage('scarce')
  scarce(): { left: boolean } {
    return { left: true };
  }

  @WsRoles('admin')
  @SubscribeMessage('admin')
  admin(): { secret: boolean } {
    return { secret: true };
  }
}

@WsPublic()
@SecureGateway({ path: '/ws', public: true })
class OpenGateway {
  @SubscribeMessage('echo')
  echo(@MessageBody() { text }: LongDto): { text: string } {
    return { text };
  }

  @SubscribeMessage('scarce')
  scarce(): { left: boolean } {
    return { left: true };
  }

  @SubscribeMessage('admin')
  admin(): { secret: boolean } {
    return { secret: true };
  }
}

describe('the benchmark', () => {
  let results: BenchResults;
  let app: RunningApp | undefined;

  beforeAll(async () => {
    const scenarios = [...parseOrder([]).scenarios, 'metrics'].join(',');
    results = await smokeBench('--plain', '--tls', '--peers=ws,secured', `--scenario=${scenarios}`);
  }, 300_000);

  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  it('measures every scenario in a process that was protected', () => {
    const { guarded, samples } = results;
    expect(guarded).toEqual(['secured']);
    const both = ['echo', 'handshakes', 'refused', 'broadcast', 'memory', 'reconnect'];
    for (const [transport, scenarios] of Object.entries({ plain: [...both, 'attack'], tls: both })) {
      const measured = samples.filter((one) => one.peer === 'secured' && one.transport === transport);
      expect(new Set(measured.map(({ scenario }) => scenario))).toEqual(new Set(scenarios));
    }
    for (const { values } of samples.filter(({ scenario }) => scenario === 'reconnect')) {
      // No client comes back earlier than that.
      expect(values['allMs']).toBeGreaterThan(500);
    }
    for (const { values } of samples.filter(({ scenario }) => scenario === 'echo')) {
      expect(values['perSecond']).toBeGreaterThan(0);
      expect(values['cpuUs']).toBeGreaterThan(0);
    }
  });

  it('measures what metrics cost, against a server that counts nothing', () => {
    const measured = results.readings.filter(({ part }) => part === 'metrics');
    expect(measured.map(({ what }) => what.replace(/^.*: /, ''))).toEqual([
      'more CPU, median',
      'lower quartile',
      'upper quartile',
      'CPU of a message with everything on',
      'CPU of a message without',
    ]);
    for (const { value } of measured) expect(value).toEqual(expect.any(Number));
  });

  it('says what is wrong with its command line and fails', async () => {
    const { code, output } = await runBench(['--peers=nobody'], 'bench/dist/main.js');
    expect(code).toBe(1);
    expect(output).toMatch(/^--peers=nobody: must be of ws, .*secured$/m);
  });

  it('compares servers unless several nodes are asked for, of which parts can be chosen', () => {
    const { scenarios, parts } = parseOrder([]);
    expect(scenarios).toContain('echo');
    expect(scenarios).not.toContain('cluster');
    expect(scenarios).not.toContain('metrics');
    expect(parts).toContain('calls');
    expect(parseOrder(['--scenario=cluster', '--only=moves,limit'])).toMatchObject({
      scenarios: ['cluster'],
      parts: ['limit', 'moves'],
    });
    expect(parseOrder([])).toMatchObject({ transports: ['plain', 'tls'] });
    expect(parseOrder(['--peers=ws']).transports).toEqual(['plain']);
    expect(parseOrder(['--tls']).transports).toEqual(['tls']);
    expect(() => parseOrder(['--scenario=cluster', '--only=echo'])).toThrow(
      '--only=echo: must be of calls, ',
    );
    expect(() => parseOrder(['--only=limit'])).toThrow('--only needs --scenario=cluster');
  });

  it.each([[[]], [['--quick']]])(
    'measures each scenario with servers of its own, unless it is for a test: %j',
    (args) => {
      expect(parseOrder(args).scale.sharesServers).toBe(false);
    },
  );

  it('finds every protection of a server that has them', async () => {
    app = await startApp({ gateways: [GuardedGateway], options: { jwtSecret: SECRET } });
    await expect(assertProtected('guarded', securedPeer(), { port: app.port })).resolves.toBeUndefined();
  });

  it('stops at a server that lets pass what it claims to refuse', async () => {
    app = await startApp({ gateways: [OpenGateway], options: { jwtSecret: SECRET } });
    const { dialect, protection } = securedPeer();
    const missing = await missingProtections({ port: app.port, dialect, protection });
    expect(missing).toEqual([
      expect.stringMatching(/^a wrong role is answered with .*"secret":true/),
      expect.stringMatching(/^a text that is too long is answered with .*"event":"echo"/),
      expect.stringMatching(/^a message over the limit is answered with .*"left":true/),
      'a handshake without a token ends with accepted',
    ]);
    await expect(assertProtected('open', securedPeer(), { port: app.port })).rejects.toThrow(
      'open is not protected',
    );
  });
});

function securedPeer() {
  const { dialect, protection } = PEERS['secured'] ?? {};
  if (!dialect || !protection) throw new Error('the module is not among the peers');
  return { dialect, protection };
}
