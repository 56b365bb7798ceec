// A gate core with hand-made boards and clock, and questions about what it did.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "gate_builders.hpp"

namespace sluice::test {

struct gate_fixture {
  explicit gate_fixture(gate_settings settings = {})
      : core(boards, std::move(settings), run_mode::demo) {}

  void truth_is(truth content, int as_of_ms, venue_time changed_at = {},
                const position_key& key = btc()) {
    auto& slot = boards->truths[key];
    const auto version = slot.version + (slot.content == content ? 0 : 1);
    slot = {content, start + milliseconds{as_of_ms}, changed_at, truth_source::bulk, version};
  }
  void submit(plan p, int ms) { core.submit(shared(std::move(p)), at(milliseconds{ms}), out); }
  void tick(int ms) { core.tick(at(milliseconds{ms}), out); }
  void read_finished(std::optional<position_key> key, std::string failure, int ms) {
    core.read_finished({std::move(key), std::move(failure)}, at(milliseconds{ms}), out);
  }
  void moved(const char* id, flight_step step, int ms, venue_time venue_at = {},
             bool executed = false) {
    core.moved({btc(), plan_id{id}, step, start + milliseconds{ms}, venue_at, executed},
               at(milliseconds{ms}), out);
  }
  /// Over, with trades until `traded_at`; permitted when truth was at `before`.
  void traded(const char* id, int ms, std::uint64_t before, venue_time traded_at = {}) {
    order_moved m{btc(), plan_id{id}, flight_step::resolved, start + milliseconds{ms}, {}, true};
    m.truth_before = before;
    m.traded_at = traded_at;
    core.moved(m, at(milliseconds{ms}), out);
  }
  [[nodiscard]] std::uint64_t version() const { return boards->truths.at(btc()).version; }

  [[nodiscard]] std::ptrdiff_t verdicts_of(const char* id) const {
    return std::count_if(out.verdicts.begin(), out.verdicts.end(),
                         [&](const auto& v) { return v.what->id == plan_id{id}; });
  }
  /// True when the plan has its verdict; more than one is a failure of the test.
  [[nodiscard]] bool ended(const char* id) const {
    if (verdicts_of(id) > 1)
      throw std::logic_error("a plan got more than one verdict");
    return verdicts_of(id) == 1;
  }
  [[nodiscard]] const plan_verdict& verdict_of(const char* id) const {
    const auto found = std::find_if(out.verdicts.begin(), out.verdicts.end(),
                                    [&](const auto& v) { return v.what->id == plan_id{id}; });
    if (found == out.verdicts.end())
      throw std::logic_error("the plan has no verdict");
    return *found;
  }
  [[nodiscard]] bool allowed(const char* id) const {
    return ended(id) && verdict_of(id).outcome.kind == verdict_kind::allow;
  }
  [[nodiscard]] std::optional<refusal_code> reason(const char* id) const {
    return verdict_of(id).outcome.reason();
  }

  std::shared_ptr<hand_made_view> boards{std::make_shared<hand_made_view>()};
  gate_core core;
  gate_actions out{};
};

}  // namespace sluice::test
