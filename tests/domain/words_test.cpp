// The closed vocabularies: every value has its own word, and the word leads back to it.
#include <set>

#include "sluice/domain/record.hpp"
#include "support/catch.hpp"

using namespace sluice;

TEST_CASE("every refusal code has a word of its own that leads back to it") {
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < refusal_code_count; ++i) {
    const auto code = static_cast<refusal_code>(i);
    CHECK(parse_refusal_code(to_string(code)) == code);
    words.insert(to_string(code));
  }
  CHECK(words.size() == refusal_code_count);
  CHECK_FALSE(parse_refusal_code("no_such_reason").has_value());
}

TEST_CASE("staleness and ignorance are curable by reading, a hold is not") {
  CHECK(curable_by_read(refusal_code::no_exchange_snapshot));
  CHECK(curable_by_read(refusal_code::stale_exchange_state));
  CHECK(curable_by_read(refusal_code::order_in_flight));
  CHECK_FALSE(curable_by_read(refusal_code::reconcile_hold_active));
  CHECK_FALSE(curable_by_read(refusal_code::exchange_banned));
  CHECK(counts_as_done(refusal_code::already_at_target));
  CHECK_FALSE(counts_as_done(refusal_code::halted));
}

TEST_CASE("every order state leads back to itself and only four are resolved") {
  int resolved = 0;
  for (std::size_t i = 0; i < order_state_count; ++i) {
    const auto state = static_cast<order_state>(i);
    CHECK(parse_order_state(to_string(state)) == state);
    resolved += is_resolved(state) ? 1 : 0;
  }
  CHECK(resolved == 4);
  CHECK_FALSE(is_resolved(order_state::unknown));
}

TEST_CASE("words of sides, lanes, modes and states lead back to their values") {
  for (auto s : {side::buy, side::sell})
    CHECK(parse_side(to_string(s)) == s);
  for (auto s : {position_side::both, position_side::long_, position_side::short_})
    CHECK(parse_position_side(to_string(s)) == s);
  for (auto m : {run_mode::demo, run_mode::shadow, run_mode::testnet, run_mode::live})
    CHECK(parse_run_mode(to_string(m)) == m);
  for (auto s : {trading_state::active, trading_state::reduce_only, trading_state::halted})
    CHECK(parse_trading_state(to_string(s)) == s);
  CHECK_FALSE(parse_side("BUY").has_value());
}

TEST_CASE("an unknown truth is neither flat nor open") {
  CHECK_FALSE(is_known(truth{}));
  CHECK(kind_of(truth{}) == "unknown");
  CHECK(is_known(truth{position_flat{}}));
  CHECK(amount_of(truth{position_open{quantity::whole(-2), price::whole(1)}}) ==
        quantity::whole(-2));
}
