// What must hold of account, clock and symbols before anything is traded, each fault with its cure.
#pragma once

#include <string>
#include <vector>

#include "sluice/actors/vitals.hpp"
#include "sluice/domain/exchange_port.hpp"

namespace sluice::actors {

/// Key and account: may it trade, and is it set up in a way that we trade?
[[nodiscard]] std::vector<finding> check_account(const account_settings& account);

/// How well the venue's clock is known, against how long an order is valid after it was signed.
[[nodiscard]] std::vector<finding> check_clock(const clock_offset& measured,
                                               milliseconds recv_window);

/// Whether the reads keep the promised age, with the age they keep instead.
[[nodiscard]] std::vector<finding> check_promise(const freshness_promise& p);

/// Whether the symbols that were chosen by name exist and are traded; `read` is the whole universe.
[[nodiscard]] std::vector<finding> check_symbols(const universe_settings& settings,
                                                 const universe& read);

/// Why no plan comes from the file that is followed for them; empty while they come.
[[nodiscard]] std::vector<finding> check_plan_file(const std::string& file, const std::string& why);

}  // namespace sluice::actors
