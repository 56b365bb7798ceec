// The promises as checks over a history; each is shown able to fail by a test of its own.
#pragma once

#include "history.hpp"

namespace sluice::oracle {

[[nodiscard]] std::vector<violation> check_allows(const history& h);      // I1
[[nodiscard]] std::vector<violation> check_truths(const history& h);      // I1, ages that are real
[[nodiscard]] std::vector<violation> check_orders(const history& h);      // I2
[[nodiscard]] std::vector<violation> check_reductions(const history& h);  // I3
[[nodiscard]] std::vector<violation> check_verdicts(const history& h);    // I4
[[nodiscard]] std::vector<violation> check_deadlines(const history& h);   // I4, orders too
[[nodiscard]] std::vector<violation> check_budget(const history& h);      // I5
[[nodiscard]] std::vector<violation> check_holds(const history& h);       // I6
[[nodiscard]] std::vector<violation> check_held(const history& h);        // I6, what a hold stops
[[nodiscard]] std::vector<violation> check_replays(const history& h);     // I7
[[nodiscard]] std::vector<violation> check_intents(const history& h);     // I8
[[nodiscard]] std::vector<violation> check_secrets(const history& h);     // I9
[[nodiscard]] std::vector<violation> check_limits(const history& h);      // I10
[[nodiscard]] std::vector<violation> check_flights(const history& h);     // I1, orders on the way
[[nodiscard]] std::vector<violation> check_books(const history& h);       // I14, truth and ledger
[[nodiscard]] std::vector<violation> check_fills(const history& h);       // I14, each told once
[[nodiscard]] std::vector<violation> check_order_ends(const history& h);  // I14, executed
[[nodiscard]] std::vector<violation> check_plan_ends(const history& h);   // I14, executed; I3, done
[[nodiscard]] std::vector<violation> check_recovery(const history& h);    // I15
[[nodiscard]] std::vector<violation> check_stops(const history& h);       // I16

/// I12: two runs that differ in jumps of the wall clock alone.
[[nodiscard]] std::vector<violation> check_same_verdicts(const history& with,
                                                         const history& without);

/// All of one run.
[[nodiscard]] std::vector<violation> judge(const history& h);

}  // namespace sluice::oracle
