import type { MetricFamily } from '../observability/metrics/metric-family.js';
import { OPEN_METRICS, PROMETHEUS_TEXT } from './text-format.js';

it('O1 writes OpenMetrics and escapes what labels contain', () => {
  const labels = { path: 'a"b\\c\nd' };
  const families: MetricFamily[] = [
    { name: 'x_total', type: 'counter', help: 'a\\b\n"c"', samples: [{ labels, value: 1 }] },
    {
      name: 'y_seconds',
      type: 'histogram',
      unit: 'seconds',
      help: 'h',
      samples: [{ labels: {}, bounds: [0.5, 1], counts: [1, 0, 2], sum: 5.5 }],
    },
    {
      name: 'z',
      type: 'gauge',
      help: 'h',
      samples: [
        { labels: {}, value: -Infinity },
        { labels: { a: 'b' }, value: NaN },
      ],
    },
  ];
  expect(OPEN_METRICS.write(families)).toBe(
    [
      '# HELP x a\\\\b\\n\\"c\\"',
      '# TYPE x counter',
      'x_total{path="a\\"b\\\\c\\nd"} 1',
      '# HELP y_seconds h',
      '# TYPE y_seconds histogram',
      '# UNIT y_seconds seconds',
      'y_seconds_bucket{le="0.5"} 1',
      'y_seconds_bucket{le="1.0"} 1',
      'y_seconds_bucket{le="+Inf"} 3',
      'y_seconds_count 3',
      'y_seconds_sum 5.5',
      '# HELP z h',
      '# TYPE z gauge',
      'z -Inf',
      'z{a="b"} NaN',
      '# EOF',
      '',
    ].join('\n'),
  );
});

it('O1 writes the older format with whole names', () => {
  const samples = [{ labels: { a: '"' }, value: 1 }];
  expect(PROMETHEUS_TEXT.write([{ name: 'x_total', type: 'counter', help: 'a\\b "c"', samples }])).toBe(
    ['# HELP x_total a\\\\b "c"', '# TYPE x_total counter', 'x_total{a="\\""} 1', ''].join('\n'),
  );
});
