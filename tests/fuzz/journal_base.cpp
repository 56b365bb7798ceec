// Writes a small journal through the store, as a run would, and reads its file back.
#include "journal_base.hpp"

#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <system_error>

#include "sluice/journal/store.hpp"
#include "target.hpp"

namespace sluice::fuzz {
namespace {

namespace fs = std::filesystem;
using journal::store;

constexpr const char* endings[] = {"", "-wal", "-shm", "-journal"};

template <class T>
T decimal(const char* text) {
  return T::parse(text).value();
}

stamp moment(std::int64_t second) {
  return {instant{std::chrono::seconds{second}}, {1'795'000'000'000 + second * 1'000}};
}

plan a_plan(const char* id, const char* on, plan_body body) {
  return {.id = plan_id{id},
          .source = source_id{"trend"},
          .instrument = symbol{on},
          .body = std::move(body),
          .created_at = moment(4).wall,
          .received = moment(5),
          .deadline = moment(15).steady,
          .deadline_wall = moment(15).wall};
}

facts some_facts() {
  facts f;
  f.now = moment(6);
  f.position = {.content = position_open{decimal<quantity>("-0.5"), decimal<price>("97123.4")},
                .as_of = moment(5).steady,
                .changed_at = {1'794'999'999'000},
                .source = truth_source::worker,
                .version = 42};
  f.instrument = instrument_facts{.tradable = true, .step = decimal<quantity>("0.001")};
  f.mark = decimal<price>("97200.5");
  f.mark_at = moment(5).steady;
  return f;
}

plan_judged an_allowed(const plan& p) {
  return {.plan = p.id,
          .instrument = p.instrument,
          .traffic = lane_of(p),
          .outcome = {.kind = verdict_kind::allow,
                      .terms = order_terms{.direction = side::buy,
                                           .amount = decimal<quantity>("0.25"),
                                           .truth_version = 42,
                                           .expires = moment(7).steady}},
          .seen = some_facts()};
}

plan_judged a_denied(const plan& p) {
  return {.plan = p.id,
          .instrument = p.instrument,
          .traffic = lane_of(p),
          .outcome = {.kind = verdict_kind::deny,
                      .refusals = {{refusal_code::stale_exchange_state, milliseconds{12'300},
                                    milliseconds{10'000}}}},
          .seen = some_facts(),
          .times_judged = 2};
}

order_changed a_change(order_state state, const char* executed) {
  return {.order = client_order_id{"o1"},
          .plan = plan_id{"p1"},
          .instrument = symbol{"BTCUSDT"},
          .state = state,
          .venue_id = 9'007'199'254'740'993,
          .executed = decimal<quantity>(executed),
          .detail = "as told"};
}

fill_recorded a_fill() {
  fill f;
  f.instrument = symbol{"BTCUSDT"};
  f.id = 5;
  f.order = 9'007'199'254'740'993;
  f.client_id = client_order_id{"o1"};
  f.direction = side::buy;
  f.amount = decimal<quantity>("0.25");
  f.at = decimal<price>("97000");
  f.fee = decimal<notional>("0.01");
  f.fee_asset = "USDT";
  f.traded_at = {1'795'000'008'000};
  return {.what = f, .ours = true, .plan = plan_id{"p1"}, .entry_after = f.at};
}

std::vector<record_body> some_records() {
  const auto opens = a_plan("p1", "BTCUSDT",
                            open_plan{.direction = side::buy, .amount = decimal<quantity>("0.25")});
  const auto closes = a_plan("p2", "ETHUSDT", reduce_plan{.target = {}, .reason = "stop_crossed"});
  const order_intended intent{.plan = opens.id,
                              .request = {.id = client_order_id{"o1"},
                                          .instrument = opens.instrument,
                                          .amount = decimal<quantity>("0.25"),
                                          .reduce_only = false},
                              .truth_version = 42};
  const hold held{.id = 1,
                  .position = {symbol{"ETHUSDT"}, position_side::both},
                  .cause = hold_cause::unexplained_drift,
                  .ledger_amount = decimal<quantity>("0.1"),
                  .truth_amount = decimal<quantity>("0.3"),
                  .evidence = "ledger 0.1, truth 0.3",
                  .since = moment(3).wall};
  return {notice{"process_started", "mode demo"},
          hold_placed{held},
          plan_accepted{opens},
          an_allowed(opens),
          intent,
          a_change(order_state::sent, "0"),
          plan_accepted{closes},
          a_denied(closes),
          a_change(order_state::filled, "0.25"),
          a_fill(),
          plan_finished{.plan = opens.id,
                        .instrument = opens.instrument,
                        .executed = decimal<quantity>("0.25"),
                        .orders = 1},
          hold_released{held, "anna", "looked at it"},
          plan_accepted{a_plan("p3", "BTCUSDT", reduce_plan{.target = {}, .reason = "target"})}};
}

void fill(const fs::path& file) {
  auto made = store::open(file);
  require(made.has_value(), "a journal can be made");
  std::int64_t second = 0;
  for (auto& body : some_records()) {
    record r{.at = moment(++second), .body = std::move(body)};
    const auto done = (*made)->append(r);
    require(done.has_value() && *done == journal::appended::written, "a record is written");
    require((*made)->commit().has_value(), "a record is durable");
  }
  require((*made)->end().has_value(), "a journal ends");
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

}  // namespace

scratch_folder::scratch_folder() {
  auto pattern = (fs::temp_directory_path() / "sluice-fuzz-XXXXXX").string();
  require(::mkdtemp(pattern.data()) != nullptr, "a folder can be made");
  path_ = pattern;
}

scratch_folder::~scratch_folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path scratch_folder::put(std::string_view bytes) const {
  const auto file = path_ / "journal.db";
  std::error_code ignored;
  for (const auto* ending : endings)
    fs::remove(file.string() + ending, ignored);
  std::ofstream out{file, std::ios::binary};
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.flush();
  require(out.good(), "a file can be written");
  return file;
}

journal_base make_journal_base(const scratch_folder& folder) {
  const auto file = folder.path() / "base.db";
  fill(file);
  journal_base base{bytes_of(file), {}};
  for (std::size_t i = 0; i < base.bytes.size(); ++i)
    if (base.bytes[i] != 0)
      base.content.push_back(i);
  require(!base.content.empty(), "a journal has content");
  return base;
}

}  // namespace sluice::fuzz
