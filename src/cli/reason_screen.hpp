// The shares of reasons over a window, drawn for people.
#pragma once

#include <boost/json.hpp>
#include <string>

#include "terminal.hpp"

namespace sluice::cli {

/// The document of /api/v1/reasons as text; lines end with a line break.
[[nodiscard]] std::string draw_reasons(const boost::json::object& document, std::size_t width,
                                       const painter& paint);

}  // namespace sluice::cli
