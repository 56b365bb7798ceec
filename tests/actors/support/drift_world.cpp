// Keeps the venue's side of one position and tells the pipeline of it what a test wants told.
#include "support/drift_world.hpp"

#include <chrono>
#include <stdexcept>

#include "sluice/journal/reader.hpp"

namespace sluice::testing {
namespace {

using namespace std::chrono_literals;

const position_key btc{symbol("BTCUSDT"), position_side::both};

/// A word of an event's JSON.
std::string word_of(const std::string& json, const std::string& key) {
  const auto label = "\"" + key + "\":\"";
  const auto from = json.find(label) + label.size();
  return json.substr(from, json.find('"', from) - from);
}

}  // namespace

void drift_world::start() {
  run = std::make_unique<pipeline_run>(world, seed);
  run->make_ready(rows());
  live(1s);
}

void drift_world::stop() {
  const auto ended_at = wall_ms();
  run.reset();
  world.wall_ms = ended_at + 1'000;
}

void drift_world::restart() {
  if (run)
    stop();
  start();
}

std::int64_t drift_world::wall_ms() const {
  return run ? run->given.time.at(run->now()).wall.ms : world.wall_ms;
}

std::vector<position_row> drift_world::rows() const {
  if (held_.is_zero())
    return {};
  return {a_row("BTCUSDT", held_.str(), "50000", changed_ms_)};
}

void drift_world::live(milliseconds span) {
  for (milliseconds passed{0}; passed < span; passed += 50ms) {
    run->pass(50ms);
    while (run->answer_read({}, rows()) || run->answer_read(btc.instrument, rows())) {
    }
  }
}

void drift_world::move(quantity change) {
  held_ += change;
  changed_ms_ = wall_ms();
}

void drift_world::open_by_us(const std::string& amount, const std::string& plan) {
  run->give_marks({{"BTCUSDT", "50000"}});
  run->offer({run->an_open(plan, "BTCUSDT", amount)});
  fill_ours();
  live(2s);
}

void drift_world::fill_ours() {
  auto& orders = world.exchange->orders;
  if (orders.empty())
    throw std::logic_error("no order was placed");
  auto order = std::move(orders.front());
  orders.pop_front();
  ++own_order_;
  const auto& r = order.request;
  trade(r.direction, r.amount.str(), own_order_, r.id.str());
  order.answer(
      order_done{{r.id, own_order_, r.instrument, r.leg, r.direction, order_status::filled,
                  "FILLED", r.amount, r.amount, at, r.reduce_only, venue_time{changed_ms_}}});
  run->settle();
}

void drift_world::trade(side direction, const std::string& amount, order_id order,
                        const std::string& client, order_giver giver, bool moved_too) {
  fill f;
  f.instrument = btc.instrument;
  f.id = ++last_trade_;
  f.order = order;
  f.direction = direction;
  f.amount = quantity::parse(amount).value();
  f.at = at;
  f.fee = notional::parse("0.01").value();
  f.fee_asset = "USDT";
  f.realised = direction == side::sell ? price::whole(60) * f.amount : notional{};
  f.traded_at = {wall_ms()};
  move(signed_amount(f));
  world.exchange->fills.push_back(f);  // A list of trades names no client order id.
  if (client.empty())
    return;
  f.client_id = client_order_id(client);
  f.given_by = giver;
  order_report report;
  report.client_id = f.client_id;
  report.id = order;
  report.instrument = f.instrument;
  report.direction = direction;
  report.status = order_status::filled;
  report.original = report.executed = f.amount;
  if (moved_too)
    run->tell(account_update{"ORDER", f.traded_at, {{btc, held_, held_.is_zero() ? price{} : at}}});
  run->tell(order_update{report, "TRADE", f});
}

void drift_world::change_without_trade(const std::string& amount) {
  move(quantity::parse(amount).value());
}

void drift_world::arm(milliseconds lasts) {
  caf::anon_send(run->all->reconciler,
                 actors::arm_close{btc.instrument, lasts, "ops", "counted by hand"});
  run->settle();
}

void drift_world::answer_fills() {
  auto waiting = std::move(world.exchange->fills_reads.front());
  world.exchange->fills_reads.pop_front();
  waiting.answer(world.exchange->fills);
  run->settle();
}

void drift_world::fail_fills() {
  auto waiting = std::move(world.exchange->fills_reads.front());
  world.exchange->fills_reads.pop_front();
  waiting.answer(read_failure{failure_kind::timed_out, 0, 0, "made by the test", std::nullopt});
  run->settle();
}

journal::ledger_line drift_world::line() const {
  const auto found =
      journal::store::open(journal::journal_path(world.chosen.journal)).value()->recover().value();
  for (const auto& l : found.ledger)
    if (l.position == btc)
      return l;
  throw std::logic_error("the ledger has no such line");
}

std::vector<std::string> drift_world::causes(std::string_view kind) const {
  const auto reader = journal::reader::open(journal::journal_path(world.chosen.journal)).value();
  std::vector<std::string> found;
  for (const auto& e : reader->events_after(0, 100'000).value())
    if (e.kind == kind)
      found.push_back(word_of(e.json, "cause"));
  return found;
}

}  // namespace sluice::testing
