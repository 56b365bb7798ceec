// Drives the venue with a client that its authors never saw: markets, account, orders, user stream.
import assert from 'node:assert/strict';
import { USDMClient, WebsocketClient } from 'binance';

const { REST, STREAMS, KEY, SECRET } = process.env;
const symbol = 'BTCUSDT';
const quietly = { trace() {}, info() {}, error: (...words) => console.error('client:', ...words) };
const step = (name) => console.log(`ok ${name}`);

/** Collects what the user stream tells, and waits for one of them with a limit. */
class UserStream {
  constructor() {
    this.heard = [];
    this.waiting = [];
    this.sockets = new WebsocketClient(
      {
        api_key: KEY,
        api_secret: SECRET,
        beautify: false,
        wsUrl: STREAMS,
        restOptions: { baseUrl: REST },
      },
      quietly,
    );
    this.sockets.on('message', (event) => this.take(event));
    this.sockets.on('exception', (problem) => console.error('stream:', problem));
  }

  open() {
    return this.sockets.subscribeUsdFuturesUserDataStream();
  }

  take(event) {
    this.heard.push(event.data ?? event);
    for (const look of this.waiting) look();
  }

  until(wanted, what) {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`the stream never told: ${what}`)), 10_000);
      const look = () => {
        const found = this.heard.find(wanted);
        if (!found) return;
        clearTimeout(limit);
        resolve(found);
      };
      this.waiting.push(look);
      look();
    });
  }

  close() {
    this.sockets.closeAll(true);
  }
}

const isOrder = (id, status) => (event) =>
  event.e === 'ORDER_TRADE_UPDATE' && event.o.c === id && event.o.X === status;

const refusal = async (request) => {
  try {
    await request;
  } catch (problem) {
    return problem.code ?? problem.body?.code;
  }
  return null;
};

async function readMarkets(client) {
  await client.testConnectivity();
  const info = await client.getExchangeInfo();
  const listed = info.symbols.find((each) => each.symbol === symbol);
  assert.equal(listed.status, 'TRADING');
  assert.ok(listed.filters.some((filter) => filter.filterType === 'MIN_NOTIONAL'));
  assert.ok(info.rateLimits.some((limit) => limit.rateLimitType === 'REQUEST_WEIGHT'));
  step('markets');
  const marked = await client.getMarkPrice({ symbol });
  return Number(marked.markPrice);
}

async function readAccount(client) {
  const balances = await client.getBalanceV3();
  const dollars = balances.find((each) => each.asset === 'USDT');
  assert.ok(Number(dollars.availableBalance) > 0);
  assert.deepEqual(await client.getPositionsV3(), []);
  step('balance and positions');
}

async function tradeAtMarket(client, stream) {
  const id = client.generateNewOrderId();
  const order = { symbol, side: 'BUY', type: 'MARKET', quantity: 0.01, newClientOrderId: id };
  await client.submitNewOrder(order);
  const told = await stream.until(isOrder(id, 'FILLED'), `${id} is filled`);
  await stream.until((event) => event.e === 'ACCOUNT_UPDATE', 'the position has moved');
  const asked = await client.getOrder({ symbol, origClientOrderId: id });
  assert.equal(asked.status, 'FILLED');
  assert.equal(Number(asked.executedQty), Number(told.o.z));
  const [position] = await client.getPositionsV3({ symbol });
  assert.equal(Number(position.positionAmt), 0.01);
  assert.equal(await refusal(client.cancelOrder({ symbol, origClientOrderId: id })), -2011);
  step('market order placed, told, queried, too late to cancel');
  const out = { symbol, side: 'SELL', type: 'MARKET', quantity: 0.01, reduceOnly: 'true' };
  await client.submitNewOrder(out);
  assert.deepEqual(await client.getPositionsV3({ symbol }), []);
  step('position closed');
}

async function restAndCancel(client, stream, mark) {
  const id = client.generateNewOrderId();
  const price = Math.floor(mark * 0.97);
  const order = { symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price, quantity: 0.01,
    newClientOrderId: id };
  const refused = await refusal(client.submitNewOrder(order));
  if (refused === -1116) {
    console.log('passed over: this venue has no resting orders');
    return;
  }
  assert.equal(refused, null);
  await stream.until(isOrder(id, 'NEW'), `${id} rests`);
  const open = await client.getAllOpenOrders({ symbol });
  assert.deepEqual(open.map((each) => each.clientOrderId), [id]);
  const cancelled = await client.cancelOrder({ symbol, origClientOrderId: id });
  assert.equal(cancelled.status, 'CANCELED');
  await stream.until(isOrder(id, 'CANCELED'), `${id} is cancelled`);
  assert.deepEqual(await client.getAllOpenOrders({ symbol }), []);
  step('limit order rested, was listed, cancelled');
}

const client = new USDMClient({ api_key: KEY, api_secret: SECRET, baseUrl: REST, beautifyResponses: false });
const stream = new UserStream();
const mark = await readMarkets(client);
await readAccount(client);
await stream.open();
await tradeAtMarket(client, stream);
await restAndCancel(client, stream, mark);
stream.close();
console.log('done');
process.exit(0);
