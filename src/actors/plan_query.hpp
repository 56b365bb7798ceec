// What GET /api/v1/plans may be asked for.
#pragma once

#include <boost/system/result.hpp>
#include <vector>

#include "sluice/journal/reader.hpp"
#include "sluice/status/http_message.hpp"
#include "sluice/status/problem.hpp"

namespace sluice::actors {

inline constexpr std::int64_t plans_listed_max = 1'000;

using plan_query_result =
    boost::system::result<journal::plan_filter, std::vector<status::problem_field>>;

/// Parameters: symbol, source, lane, kind, verdict, status, reason, since and until (a time, or a
/// span before `now`), limit, and cursor (`next` of the page before). One that is unknown, given
/// twice or wrong is a fault: a list by half a filter would be believed.
[[nodiscard]] plan_query_result read_plan_query(const status::query_parameters& asked,
                                                wall_time now);
/// Called by value() on a refused query: a programmer's mistake.
[[noreturn]] void throw_exception_from_error(const std::vector<status::problem_field>& faults,
                                             const boost::source_location&);

}  // namespace sluice::actors
