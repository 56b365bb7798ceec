// Members of JSON documents that may not be there, as texts and numbers that can be shown.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::cli {

/// The document; an empty object when the text is none.
[[nodiscard]] boost::json::object parse_object(std::string_view text);

/// The member under a path of names, "truth.age_ms.max"; nullptr when there is none or it is null.
[[nodiscard]] const boost::json::value* member(const boost::json::object& o, std::string_view path);
/// A scalar as text without control characters; `otherwise` when there is none.
[[nodiscard]] std::string text_at(const boost::json::object& o, std::string_view path,
                                  std::string_view otherwise = "");
/// None when there is no whole number.
[[nodiscard]] std::optional<std::int64_t> number_at(const boost::json::object& o,
                                                    std::string_view path);
[[nodiscard]] bool flag_at(const boost::json::object& o, std::string_view path);
/// The objects of a list; an empty list when there is none.
[[nodiscard]] const boost::json::array& rows_at(const boost::json::object& o,
                                                std::string_view path);
/// The object of a list's row; an empty one when it is none.
[[nodiscard]] const boost::json::object& row_of(const boost::json::value& v);
[[nodiscard]] const boost::json::object& object_at(const boost::json::object& o,
                                                   std::string_view path);

}  // namespace sluice::cli
