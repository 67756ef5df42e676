'use strict';
// Draws the report from the numbers in the page. Texts from the data enter only as text, never as markup.
(() => {
  const numbers = JSON.parse(document.getElementById('numbers').textContent);
  const evaluation = numbers.evaluation;
  const report = document.getElementById('report');
  report.textContent = '';

  const kPalette = {
    light: ['#0f62c9', '#d9730d', '#117a4b', '#8a3ffc', '#b3372f', '#60708a', '#0f8b8d'],
    dark: ['#6aa9ff', '#ffb057', '#5bd39a', '#c9a5ff', '#ff8f85', '#a9b4c6', '#63d6d8'],
  };
  const kNames = {
    two_tower: 'Two-tower model', popularity: 'Bestsellers', recent_popularity: 'Recent bestsellers',
    item_knn: 'Item-kNN', repeat_frequency: 'Buy again', ease: 'EASE', ials: 'iALS',
  };
  const kMetrics = {recall: 'Recall', ndcg: 'NDCG', hit_rate: 'Hit rate', mrr: 'MRR'};
  const kMeanings = {
    recall: 'Share of what shoppers went on to buy that was in their shortlist.',
    ndcg: 'As recall, but a find counts more the higher it stands in the shortlist.',
    hit_rate: 'Share of shoppers with at least one find in their shortlist.',
    mrr: 'One over the place of the first find: 1 if it always stands first.',
  };
  const kSeen = {mask: 'New to the shopper', allow: 'All purchases'};

  const nameOf = (recommender) => kNames[recommender] || recommender;
  const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)}%`;
  const decimal = (value) => value.toFixed(4);
  const grouped = (count) => count.toLocaleString('en-US');

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  function section(title, explanation, ...children) {
    const made = element('section', {}, element('h2', {}, title), element('p', {class: 'quiet'}, explanation), ...children);
    report.append(made);
    return made;
  }

  // Charts are drawn anew when the reader's color scheme changes.
  const charts = [];
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const colors = () => (dark.matches ? kPalette.dark : kPalette.light);
  const variable = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function plot(caption, configure, height = 300) {
    const canvas = element('canvas', {role: 'img', 'aria-label': caption});
    const box = element('div', {class: 'plot', style: `height: ${height}px`}, canvas);
    const entry = {
      chart: null,
      draw() {
        if (entry.chart) entry.chart.destroy();
        Chart.defaults.color = variable('--quiet');
        Chart.defaults.borderColor = variable('--grid');
        Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
        Chart.defaults.font.size = 13;
        Chart.defaults.animation = false;
        Chart.defaults.maintainAspectRatio = false;
        entry.chart = new Chart(canvas, configure());
      },
    };
    charts.push(entry);
    return {figure: element('figure', {}, element('figcaption', {}, caption), box), entry};
  }
  dark.addEventListener('change', () => charts.forEach((entry) => entry.draw()));
  addEventListener('beforeprint', () => charts.forEach((entry) => entry.chart && entry.chart.resize()));

  // Whiskers from `low` to `high` through each bar.
  const whiskers = {
    id: 'whiskers',
    afterDatasetsDraw(chart) {
      const {ctx, scales} = chart;
      ctx.save();
      ctx.strokeStyle = variable('--ink');
      ctx.lineWidth = 1.5;
      chart.data.datasets[0].intervals.forEach(({low, high}, row) => {
        const y = chart.getDatasetMeta(0).data[row].y;
        const [from, to] = [scales.x.getPixelForValue(low), scales.x.getPixelForValue(high)];
        ctx.beginPath();
        ctx.moveTo(from, y); ctx.lineTo(to, y);
        for (const x of [from, to]) { ctx.moveTo(x, y - 5); ctx.lineTo(x, y + 5); }
        ctx.stroke();
      });
      ctx.restore();
    },
  };

  function choice(options, chosen, onChoose) {
    const buttons = options.map(([value, label]) => {
      const button = element('button', {type: 'button', 'aria-pressed': String(value === chosen)}, label);
      button.addEventListener('click', () => {
        buttons.forEach((other) => other.setAttribute('aria-pressed', String(other === button)));
        onChoose(value);
      });
      return button;
    });
    return element('div', {class: 'choice'}, ...buttons);
  }

  function table(head, rows, isLead) {
    const line = (cells, tag) => element('tr', {}, ...cells.map((cell) => element(tag, {}, ...[cell].flat())));
    const body = rows.map((row, place) => {
      const made = line(row, 'td');
      if (isLead(place)) made.className = 'lead';
      return made;
    });
    return element('div', {class: 'scroll'},
      element('table', {}, element('thead', {}, line(head, 'th')), element('tbody', {}, ...body)));
  }

  const rules = [...new Set(evaluation.results.map((result) => result.seen))];
  const resultsOf = (seen) => evaluation.results.filter((result) => result.seen === seen);
  const lengths = evaluation.results.length ? evaluation.results[0].at.map((at) => at.k) : [];
  const longest = Math.max(...lengths);
  const atLength = (result, k) => result.at.find((at) => at.k === k);

  function header() {
    const name = numbers.name.replaceAll('_', ' ');
    document.title = `${name}: recommendation quality`;
    const first = resultsOf(rules[0])[0];
    report.append(element('h1', {}, `How good are the recommendations of “${name}”?`),
      element('p', {class: 'lede quiet'},
        `Each recommender ranked all ${grouped(numbers.items)} items for ${grouped(first.shoppers)} shoppers, knowing ` +
        `only what came before the ${evaluation.part} period. Below: what those shoppers then bought, and who saw it coming.`));
    report.append(cards(resultsOf(rules[0])));
  }

  const bestOf = (results) =>
    results.reduce((a, b) => (atLength(b, longest).ndcg.value > atLength(a, longest).ndcg.value ? b : a));

  function card(value, text, mood = '') {
    return element('div', {class: 'card'}, element('b', {class: mood}, value), element('span', {}, text));
  }

  function cards(results) {
    const [lead, ...others] = results;
    const at = atLength(lead, longest);
    const name = nameOf(lead.recommender);
    const made = [
      card(percent(at.hit_rate.value), `of shoppers find something they go on to buy among ${longest} items (${name})`),
      card(percent(at.recall.value), `of what they buy is in their ${longest} items`),
    ];
    if (others.length) {
      const best = bestOf(others);
      const lift = at.ndcg.value / atLength(best, longest).ndcg.value - 1;
      made.push(card(`${lift >= 0 ? '+' : '−'}${percent(Math.abs(lift), 0)}`,
        `ranking quality (NDCG) against the best baseline, ${nameOf(best.recommender)}`, lift >= 0 ? 'good' : 'bad'));
    }
    made.push(card(percent(at.coverage, 0), 'of the catalog is shown to somebody'));
    return element('div', {class: 'cards'}, ...made);
  }

  function comparison() {
    const chosen = {seen: rules[0], metric: 'ndcg', k: longest};
    const {figure, entry} = plot('', () => {
      const results = resultsOf(chosen.seen);
      const metrics = results.map((result) => atLength(result, chosen.k)[chosen.metric]);
      return {
        type: 'bar',
        data: {
          labels: results.map((result) => nameOf(result.recommender)),
          datasets: [{
            data: metrics.map((metric) => metric.value), intervals: metrics, maxBarThickness: 26, borderRadius: 4,
            backgroundColor: results.map((_, place) => colors()[place % colors().length]),
          }],
        },
        options: {
          indexAxis: 'y',
          scales: {x: {beginAtZero: true, suggestedMax: Math.max(...metrics.map((metric) => metric.high)) * 1.02},
                   y: {grid: {display: false}, ticks: {color: variable('--ink')}}},
          plugins: {legend: {display: false}, tooltip: {callbacks: {label: ({dataIndex}) => {
            const {value, low, high} = metrics[dataIndex];
            return `${decimal(value)}, 95% interval ${decimal(low)} to ${decimal(high)}`;
          }}}},
        },
        plugins: [whiskers],
      };
    }, 60 + 38 * resultsOf(rules[0]).length);
    const caption = figure.querySelector('figcaption');
    const tableBox = element('div');
    const show = () => {
      caption.textContent = `${kMetrics[chosen.metric]}@${chosen.k}. ${kMeanings[chosen.metric]}`;
      tableBox.replaceChildren(scores(resultsOf(chosen.seen), chosen.k));
      entry.draw();
    };
    const choose = (field) => (value) => { chosen[field] = value; show(); };
    const choices = [choice(Object.entries(kMetrics), chosen.metric, choose('metric'))];
    if (lengths.length > 1) choices.push(choice(lengths.map((k) => [k, `top ${k}`]), chosen.k, choose('k')));
    if (rules.length > 1) choices.push(choice(rules.map((seen) => [seen, kSeen[seen]]), chosen.seen, choose('seen')));
    section('The model beside its baselines',
      'Bars are means over shoppers, whiskers their 95% intervals: where whiskers overlap widely, the difference may be chance.',
      ...choices, figure, tableBox);
    show();
  }

  function scores(results, k) {
    const cell = (metric) => [decimal(metric.value) + ' ', element('small', {}, `±${decimal((metric.high - metric.low) / 2)}`)];
    const head = ['', ...Object.values(kMetrics).map((name) => `${name}@${k}`), 'catalog shown', 'Gini', 'processor s'];
    const rows = results.map((result) => {
      const at = atLength(result, k);
      return [nameOf(result.recommender), ...Object.keys(kMetrics).map((metric) => cell(at[metric])), percent(at.coverage),
              at.gini.toFixed(3), result.cpu_seconds.toFixed(1)];
    });
    return table(head, rows, (place) => place === 0);
  }

  // One line per recommender over the buckets, the first one in front.
  function bucketPlot(caption, results, field, trim) {
    const label = (bucket) => bucket.replace(trim, '').replace('item not in training', 'new');
    const buckets = results[0][field].map(({bucket, shoppers}) => [label(bucket), grouped(shoppers)]);
    return plot(caption, () => ({
      type: 'line',
      data: {
        labels: buckets,
        datasets: results.map((result, place) => ({
          label: nameOf(result.recommender), data: result[field].map(({recall}) => recall), order: place,
          borderColor: colors()[place % colors().length], backgroundColor: colors()[place % colors().length],
          borderWidth: place === 0 ? 3 : 1.5, pointRadius: place === 0 ? 4 : 2.5, tension: .25,
        })),
      },
      options: {
        interaction: {mode: 'index', intersect: false},
        scales: {y: {beginAtZero: true, ticks: {callback: (value) => percent(value, 0)}},
                 x: {grid: {display: false}, ticks: {maxRotation: 0, autoSkip: false}}},
        plugins: {legend: {position: 'bottom', labels: {boxWidth: 12, boxHeight: 12}},
                  tooltip: {callbacks: {label: ({dataset, parsed}) => `${dataset.label}: ${percent(parsed.y)}`}}},
      },
    }));
  }

  function buckets() {
    const results = resultsOf(rules[0]);
    const plots = [
      bucketPlot(`Recall@${longest} by purchases in the history (below: shoppers)`, results, 'by_history_length', 'history '),
      bucketPlot(`Recall@${longest} by popularity of the bought item, rare to popular (below: shoppers)`, results,
                 'by_item_popularity', 'item popularity '),
    ];
    section('Who is served well, and with what',
      'New shoppers and rare items are the hard cases. A recommender that only knows bestsellers scores on the right and nowhere else.',
      element('div', {class: 'pair'}, ...plots.map(({figure}) => figure)));
    plots.forEach(({entry}) => entry.draw());
  }

  function exposure() {
    const results = resultsOf(rules[0]);
    const {figure, entry} = plot(`Share of all shown places that go to the most shown items, top ${longest}`, () => ({
      type: 'line',
      data: {
        datasets: results.map((result, place) => ({
          label: nameOf(result.recommender), order: place, pointRadius: 0, borderWidth: place === 0 ? 3 : 1.5,
          data: result.concentration.map((share, step) => ({x: step / (result.concentration.length - 1), y: share})),
          borderColor: colors()[place % colors().length], backgroundColor: colors()[place % colors().length],
        })),
      },
      options: {
        interaction: {mode: 'nearest', axis: 'x', intersect: false},
        scales: {
          x: {type: 'linear', max: 1, ticks: {callback: (value) => percent(value, 0)}, title: {display: true, text: 'share of the catalog'}},
          y: {min: 0, max: 1, ticks: {callback: (value) => percent(value, 0)}},
        },
        plugins: {legend: {position: 'bottom', labels: {boxWidth: 12, boxHeight: 12}}, tooltip: {callbacks: {
          title: (items) => `most shown ${percent(items[0].parsed.x, 0)} of the catalog`,
          label: ({dataset, parsed}) => `${dataset.label}: ${percent(parsed.y)} of places`}}},
      },
    }));
    const rows = results.map((result) => {
      const at = atLength(result, longest);
      return [nameOf(result.recommender), percent(at.coverage), at.gini.toFixed(3), percent(at.mean_popularity)];
    });
    section('How much of the catalog gets a chance',
      'The higher the curve rises on the left, the fewer items take all the places. Gini is 0 if every item is shown equally often ' +
      'and 1 if one item takes everything; mean popularity is the average rank of shown items, 100% for the bestseller.',
      element('div', {class: 'pair'}, figure,
        table(['', 'catalog shown', 'Gini', 'mean popularity'], rows, (place) => place === 0)));
    entry.draw();
  }

  function categories() {
    const calibration = numbers.categories;
    if (!calibration) return;
    const shown = calibration.recommenders;
    const [lead, ...others] = resultsOf(rules[0]);
    const charted = new Set([lead, ...(others.length ? [bestOf(others)] : [])].map(({recommender}) => recommender).concat('popularity'));
    const {figure, entry} = plot(`Share of each ${calibration.attribute}, most bought first`, () => {
      const series = [{label: 'bought', data: calibration.bought, backgroundColor: variable('--ink')},
        ...shown.map((recommender, place) => ({
          label: nameOf(recommender.recommender), data: recommender.shown, backgroundColor: colors()[place % colors().length],
          hidden: !charted.has(recommender.recommender)}))];
      return {
        type: 'bar', data: {labels: calibration.names, datasets: series.map((one) => ({...one, borderRadius: 3}))},
        options: {
          interaction: {mode: 'index', intersect: false},
          scales: {y: {ticks: {callback: (value) => percent(value, 0)}}, x: {grid: {display: false}}},
          plugins: {legend: {position: 'bottom', labels: {boxWidth: 12, boxHeight: 12}},
                    tooltip: {callbacks: {label: ({dataset, parsed}) => `${dataset.label}: ${percent(parsed.y)}`}}},
        },
      };
    });
    const rows = shown.map(({recommender, divergence}) => [nameOf(recommender), divergence.toFixed(3)]);
    section('Does the mix match what shoppers like?',
      `A calibrated shortlist shows each ${calibration.attribute} about as often as shoppers choose it. Miscalibration is the ` +
      'distance (Kullback-Leibler, smoothed) between a shopper’s own history and shortlist, averaged; lower is closer.',
      element('div', {class: 'wide'}, figure, table(['', 'miscalibration'], rows, (place) => place === 0)));
    entry.draw();
  }

  function learning() {
    const epochs = numbers.training && numbers.training.epochs;
    if (!epochs || epochs.length < 2) return;
    const curve = (caption, field, color) => plot(caption, () => ({
      type: 'line',
      data: {labels: epochs.map(({epoch}) => epoch), datasets: [{
        data: epochs.map((epoch) => epoch[field]), borderColor: colors()[color], backgroundColor: colors()[color], tension: .2,
        pointRadius: epochs.map(({epoch}) => (epoch === numbers.training.best_epoch ? 6 : 2.5))}]},
      options: {scales: {x: {grid: {display: false}, title: {display: true, text: 'epoch'}}}, plugins: {legend: {display: false}}},
    }), 240);
    const plots = [curve('Training loss', 'loss', 0)];
    const isValidated = epochs.some((epoch) => epoch.validation_metric !== null);
    if (isValidated) plots.push(curve(`Validation, ${numbers.validation_metric}`, 'validation_metric', 2));
    section('How the model learned', `${epochs.length} passes over the training events; ` +
      (isValidated ? `the large point is epoch ${numbers.training.best_epoch}, whose model is scored here.`
                   : 'validation was part of them, so the model after the last one is scored here.'),
      element('div', {class: 'pair'}, ...plots.map(({figure}) => figure)));
    plots.forEach(({entry}) => entry.draw());
  }

  function shoppers() {
    if (!numbers.shoppers.length) return;
    const list = (tag, items, limit) => element(tag, {}, ...items.slice(0, limit).map((item) =>
      element('li', item.bought ? {class: 'hit'} : {}, item.title)));
    const blocks = numbers.shoppers.map((shopper, place) => {
      const more = shopper.history_length - shopper.history.length;
      return element('div', {class: 'shopper'},
        element('h3', {}, `Shopper ${String.fromCharCode(65 + place)}: ${grouped(shopper.history_length)} earlier purchases, ` +
          `${shopper.finds} of ${grouped(shopper.targets)} later ones found`),
        element('div', {}, element('h4', {}, more > 0 ? `Bought before, latest first (and ${grouped(more)} more)` : 'Bought before, latest first'),
          list('ul', shopper.history, 10)),
        element('div', {}, element('h4', {}, `Recommended by ${nameOf(shopper.recommender)}`), list('ol', shopper.shortlist, 10)));
    });
    section('Some shoppers',
      'Drawn at random, half of them among those with a find and half among those without. Recommendations should make sense to a person, too.',
      ...blocks);
  }

  function protocol() {
    const rows = [['Scored', `${evaluation.part} part, every item of the catalog is a candidate`], ['Split', evaluation.split_rule],
      ['Equal times', evaluation.event_tie_rule], ['Equal scores', evaluation.score_tie_rule], ['Intervals', evaluation.interval],
      ['Seed', String(evaluation.seed)], ['Dataset', evaluation.dataset_sha256],
      ...evaluation.skipped.map(({recommender, reason}) => [`Skipped ${nameOf(recommender)}`, reason])];
    section('How this was measured', 'What one needs to know to compare or repeat these numbers.',
      element('dl', {}, ...rows.flatMap(([term, text]) => [element('dt', {}, term), element('dd', {}, text)])));
  }

  if (!evaluation.results.length) {
    report.append(element('h1', {}, 'Nothing was scored'));
    protocol();
    return;
  }
  header();
  comparison();
  buckets();
  exposure();
  categories();
  learning();
  shoppers();
  protocol();
})();
