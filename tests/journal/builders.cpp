// Records as tests need them.
#include "builders.hpp"

#include <stdlib.h>

#include <system_error>

#include "support/catch.hpp"

namespace sluice::journal::test {

directory::directory() {
  auto pattern = (std::filesystem::temp_directory_path() / "sluice-journal-XXXXXX").string();
  REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

directory::~directory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

plan an_open_plan(const std::string& id) {
  plan p;
  p.id = plan_id(id);
  p.source = source_id("trend");
  p.instrument = symbol("BTCUSDT");
  p.body = open_plan{.direction = side::buy,
                     .amount = decimal<quantity>("0.25"),
                     .stop = decimal<price>("95000.1"),
                     .time_limit = milliseconds{3'600'000}};
  p.created_at = {1'795'000'000'123};
  p.received = {at_ns(5'000'000'000), {1'795'000'000'456}};
  p.deadline = at_ns(15'000'000'001);
  p.deadline_wall = {1'795'000'010'456};
  return p;
}

plan a_reduce_plan(const std::string& id) {
  auto p = an_open_plan(id);
  p.instrument = symbol("ETHUSDT");
  p.body = reduce_plan{.target = {}, .reason = "stop_crossed"};
  return p;
}

facts some_facts() {
  facts f;
  f.now = {at_ns(6'000'000'000), {1'795'000'001'456}};
  f.position = {.content = position_open{decimal<quantity>("-0.5"), decimal<price>("97123.4")},
                .as_of = at_ns(5'900'000'000),
                .changed_at = {1'794'999'999'000},
                .source = truth_source::worker,
                .version = 42};
  f.instrument = instrument_facts{.tradable = true, .step = decimal<quantity>("0.001")};
  f.mark = decimal<price>("97200.5");
  f.mark_at = at_ns(5'950'000'000);
  return f;
}

plan_judged a_denial(const plan& p) {
  return {.plan = p.id,
          .instrument = p.instrument,
          .traffic = lane_of(p),
          .outcome = {.kind = verdict_kind::deny,
                      .refusals = {{refusal_code::stale_exchange_state, milliseconds{12'300},
                                    milliseconds{10'000}},
                                   {refusal_code::position_exists, decimal<quantity>("-0.5"), {}}}},
          .seen = some_facts(),
          .times_judged = 2};
}

plan_judged a_permission(const plan& p) {
  return {.plan = p.id,
          .instrument = p.instrument,
          .traffic = lane_of(p),
          .outcome = {.kind = verdict_kind::allow,
                      .terms = order_terms{.direction = side::sell,
                                           .amount = decimal<quantity>("0.25"),
                                           .truth_version = 42,
                                           .expires = at_ns(7'000'000'000)}},
          .seen = some_facts()};
}

order_intended an_intent(const std::string& order, const std::string& plan) {
  return {.plan = plan_id(plan),
          .request = {.id = client_order_id(order),
                      .instrument = symbol("BTCUSDT"),
                      .leg = position_side::both,
                      .direction = side::sell,
                      .amount = decimal<quantity>("0.25"),
                      .reduce_only = true},
          .attempt = 1,
          .truth_version = 0xffff'ffff'ffff'fff0ULL,
          .held = decimal<quantity>("0.5"),
          .held_since = venue_time{1'789'999'990'000}};
}

order_changed a_change(const std::string& order, const std::string& plan, order_state state) {
  return {.order = client_order_id(order),
          .plan = plan_id(plan),
          .instrument = symbol("BTCUSDT"),
          .state = state,
          .venue_id = 9'007'199'254'740'993,
          .executed = decimal<quantity>("0.1"),
          .detail = "as told"};
}

fill_recorded a_fill(const std::string& symbol_name, trade_id id, side direction,
                     const char* amount) {
  fill f;
  f.instrument = symbol(symbol_name);
  f.id = id;
  f.order = 77;
  f.client_id = client_order_id("o1");
  f.direction = direction;
  f.amount = decimal<quantity>(amount);
  f.at = decimal<price>("97000");
  f.fee = decimal<notional>("0.01");
  f.fee_asset = "USDT";
  f.traded_at = {1'795'000'002'000};
  return {.what = f, .ours = true, .plan = plan_id("p1"), .entry_after = f.at};
}

hold a_hold(std::int64_t id, const std::string& symbol_name) {
  return {.id = id,
          .position = {symbol(symbol_name), position_side::both},
          .cause = hold_cause::unexplained_drift,
          .ledger_amount = decimal<quantity>("0.1"),
          .truth_amount = decimal<quantity>("0.3"),
          .evidence = "ledger 0.1, truth 0.3",
          .since = {1'795'000'003'000}};
}

record a_record(record_body body, std::int64_t second) {
  return {.at = {at_ns(second * 1'000'000'000), {1'795'000'000'000 + second * 1'000}},
          .body = std::move(body)};
}

std::unique_ptr<store> opened(const std::filesystem::path& path, integrity check) {
  auto made = store::open(path, {.check = check});
  INFO((made ? "" : made.error().text));
  REQUIRE(made.has_value());
  return std::move(*made);
}

std::unique_ptr<reader> read(const std::filesystem::path& path) {
  auto made = reader::open(path);
  INFO((made ? "" : made.error().text));
  REQUIRE(made.has_value());
  return std::move(*made);
}

std::int64_t put(store& s, record_body body) {
  auto r = a_record(std::move(body), s.last_seq());
  const auto done = s.append(r);
  INFO((done ? "" : done.error().text));
  REQUIRE(done.has_value());
  REQUIRE(*done == appended::written);
  return r.seq;
}

void put_notice(store& s, const std::string& text) {
  put(s, notice{"test", text});
  const auto done = s.commit();
  INFO((done ? "" : done.error().text));
  REQUIRE(done.has_value());
}

}  // namespace sluice::journal::test
