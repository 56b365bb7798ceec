// Turns bodies of REST replies into values; a body that is not what it must be is rejected whole.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/exchange/secret.hpp"

/// All parsers: unknown fields, unknown enum values and missing optional fields are tolerated;
/// wrong types, missing or doubled required fields, decimals that do not fit and trailing bytes are
/// errc::malformed. Ids are 64-bit integers, decimals go from text to fixed-point.
namespace sluice::exchange {

/// Display values (averages, marks, profits, fees): digits past the eighth decimal are cut off and
/// what is too large saturates, because the venue sends averages with more digits than we keep.
/// Empty text is zero. Never used for quantities.
[[nodiscard]] result<std::int64_t> parse_lenient(std::string_view text);

[[nodiscard]] result<std::vector<position_row>> parse_positions(std::string_view body);
/// `source` is "live" and `read_at` unset. Symbols that no request could name are left out; symbols
/// whose filters cannot be represented are kept as not tradable.
[[nodiscard]] result<universe> parse_exchange_info(std::string_view body);
[[nodiscard]] result<account_settings> parse_account_config(std::string_view body);
[[nodiscard]] result<venue_time> parse_server_time(std::string_view body);
/// A reply to an order (ACK or RESULT) and to an order query.
[[nodiscard]] result<order_report> parse_order(std::string_view body);
[[nodiscard]] result<std::vector<order_report>> parse_orders(std::string_view body);
[[nodiscard]] result<std::vector<fill>> parse_user_trades(std::string_view body);
[[nodiscard]] result<secret> parse_listen_key(std::string_view body);

/// Balances are exact; empty ones, as inactive accounts have them, are zero.
[[nodiscard]] result<std::vector<asset_balance>> parse_balances(std::string_view body);
[[nodiscard]] result<margin_summary> parse_margin(std::string_view body);
[[nodiscard]] result<std::vector<symbol_settings>> parse_symbol_settings(std::string_view body);
/// Here and in parse_premiums one object is taken like an array of one. A cap too large for us
/// saturates; brackets that begin beyond what we can hold are left out.
[[nodiscard]] result<std::vector<leverage_ladder>> parse_leverage_brackets(std::string_view body);
[[nodiscard]] result<std::vector<premium>> parse_premiums(std::string_view body);
[[nodiscard]] result<std::vector<venue_limit>> parse_order_limits(std::string_view body);

[[nodiscard]] result<conditional_report> parse_conditional(std::string_view body);
[[nodiscard]] result<std::vector<conditional_report>> parse_conditionals(std::string_view body);
/// The code in the reply, a number or a string, must say 200.
[[nodiscard]] result<conditional_cancelled> parse_conditional_cancelled(std::string_view body);

/// {"code":200,"msg":"..."}; errc::malformed for any other code.
[[nodiscard]] result<std::string> parse_done(std::string_view body);
[[nodiscard]] result<countdown_armed> parse_countdown(std::string_view body);

struct error_document {
  int code{0};
  std::string text{};
};
/// {"code":-1121,"msg":"..."}; none when the body is anything else.
[[nodiscard]] std::optional<error_document> parse_error(std::string_view body);

}  // namespace sluice::exchange
