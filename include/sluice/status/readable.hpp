// JSON documents of the API as text that people read in a terminal.
#pragma once

#include <string>
#include <string_view>

namespace sluice::status {

/// "key: value" a line; what is nested is indented, rows of a list are set apart by an empty line.
/// Control characters are left out. Text that is no JSON stays as it is.
[[nodiscard]] std::string readable(std::string_view json_text);

/// The reasons of a problem document, "field: reason" a line; of anything else the text itself.
[[nodiscard]] std::string readable_problem(std::string_view json_text);

}  // namespace sluice::status
