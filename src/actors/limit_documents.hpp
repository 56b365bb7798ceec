// The document of the limits and their gauges: what may be, what is, what is left.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "sluice/gate/limits_in_use.hpp"
#include "sluice/status/metrics.hpp"

namespace sluice::actors {

/// {"limits": {name: {"used", "max", "left", "percent"}}}: money as strings, counts as numbers;
/// null where there is no limit or nothing is known.
[[nodiscard]] boost::json::object limits_object(const limits_view& v);
/// The same with what the day and each symbol have used, and the margin as last read.
[[nodiscard]] std::string limits_json(const limits_view& v);
/// Gauges by limit; those that are not known have no series.
void show_limits_in(status::metrics& metrics, const limits_view& v);

}  // namespace sluice::actors
