// From which share of the budget the questions are paid that an order in doubt waits for.
#include "order_questions.hpp"

#include <utility>
#include <vector>

#include "question_patience.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace std::chrono_literals;

namespace {

/// Answers nothing and keeps what the reads of orders and trades were asked with.
class silent_exchange final : public exchange_port {
 public:
  template <class T>
  using reply = callback<read_result<T>>;
  template <class T>
  using change = callback<change_outcome<T>>;

  void read_order(const symbol&, const client_order_id&, read_options o,
                  reply<order_report>) override {
    asked.push_back(o.traffic);
  }
  void read_order_numbered(const symbol&, order_id, read_options o, reply<order_report>) override {
    asked.push_back(o.traffic);
  }
  void read_fills(const symbol&, order_id, read_options o, reply<std::vector<fill>>) override {
    asked.push_back(o.traffic);
  }

  void read_account(read_options, reply<snapshot>) override {}
  void read_symbol(const symbol&, read_options, reply<snapshot>) override {}
  void read_universe(read_options, reply<universe>) override {}
  void read_settings(read_options, reply<account_settings>) override {}
  void read_clock(read_options, reply<clock_offset>) override {}
  void place_order(const order_request&, milliseconds, callback<order_outcome>) override {}
  void cancel_order(const symbol&, const client_order_id&, milliseconds,
                    callback<order_outcome>) override {}
  void cancel_all(const symbol&, milliseconds, change<symbol_cleared>) override {}
  void arm_countdown(const symbol&, milliseconds, milliseconds, change<countdown_armed>) override {}
  void place_conditional(const conditional_request&, milliseconds,
                         callback<conditional_outcome>) override {}
  void cancel_conditional(const client_order_id&, milliseconds,
                          change<conditional_cancelled>) override {}
  void cancel_all_conditionals(const symbol&, milliseconds, change<symbol_cleared>) override {}
  void read_conditional(const client_order_id&, read_options, reply<conditional_report>) override {}
  void read_open_orders(const symbol&, read_options, reply<std::vector<order_report>>) override {}
  void read_open_conditionals(const symbol&, read_options,
                              reply<std::vector<conditional_report>>) override {}
  void read_symbol_settings(const symbol&, read_options,
                            reply<std::vector<symbol_settings>>) override {}
  void read_leverage_brackets(const symbol&, read_options,
                              reply<std::vector<leverage_ladder>>) override {}
  void read_premiums(const symbol&, read_options, reply<std::vector<premium>>) override {}
  void read_balance(read_options, reply<std::vector<asset_balance>>) override {}
  void read_margin(read_options, reply<margin_summary>) override {}
  void read_order_limits(read_options, reply<std::vector<venue_limit>>) override {}
  void renew_user_stream(std::string) override {}
  void open_user_stream(callback<std::vector<user_event>>) override {}
  void open_mark_stream(callback<mark_batch>) override {}
  [[nodiscard]] budget_view budget() const override { return {}; }
  [[nodiscard]] std::optional<clock_offset> clock() const override { return std::nullopt; }
  [[nodiscard]] stream_counts streams() const override { return {}; }
  void close() override {}

  std::vector<read_class> asked{};
};

}  // namespace

TEST_CASE("what frees the symbol of an order in doubt is asked from the share of exits") {
  silent_exchange venue;
  const actors::executor_actor nobody{};
  const symbol btc{"BTCUSDT"};
  const client_order_id id{"sl-1"};
  actors::query(venue, nobody, btc, id, 2s);
  actors::ask_name(venue, nobody, id, btc, 7, 2s);
  actors::ask_fills(venue, nobody, id, btc, 0, 2s);
  actors::ask_fills(venue, nobody, id, btc, 7, 2s);
  CHECK(venue.asked == std::vector<read_class>(4, read_class::exit_demand));
}

TEST_CASE("the trades that explain a drift, which holds up no exit, are a verification") {
  silent_exchange venue;
  actors::ask_trades(venue, actors::reconciler_actor{}, symbol{"BTCUSDT"}, 2s);
  CHECK(venue.asked == std::vector<read_class>{read_class::verification});
}

TEST_CASE("patience grows with answers that come too late, and lasts for a minute") {
  actors::question_patience p;
  constexpr instant start{1h};
  const read_result<order_report> late = read_failure{failure_kind::timed_out, 0, 0, "", {}};
  const read_result<order_report> refused =
      read_failure{failure_kind::not_found, 400, -2013, "", {}};
  CHECK(p.at(start) == 2s);
  for (const auto expected : {4s, 8s, 8s}) {
    p.heard(late, start);
    CHECK(p.at(start) == expected);
  }
  p.heard(refused, start + 1s);  // Another kind of question may be quick.
  CHECK(p.at(start + 59s) == 8s);
  CHECK(p.at(start + 60s) == 2s);
  p.heard(late, start + 90s);
  CHECK(p.at(start + 90s) == 4s);
}
