// Reads the small JSON objects of the control interface, naming whatever is wrong.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/domain/result.hpp"

namespace sluice::simulator {

/// Takes fields out of an object one by one; the first thing wrong is kept.
class json_fields {
 public:
  explicit json_fields(const boost::json::object& object) : object_(&object) {}
  /// Fails when the text is not one JSON object of at most 16 levels.
  [[nodiscard]] static result<boost::json::object> parse(std::string_view text);

  [[nodiscard]] std::optional<std::string> text(std::string_view name);
  [[nodiscard]] std::optional<std::int64_t> whole(std::string_view name, std::int64_t low,
                                                  std::int64_t high);
  [[nodiscard]] std::optional<bool> flag(std::string_view name);
  [[nodiscard]] std::string need_text(std::string_view name);
  /// The strings of an object by their names.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> texts(std::string_view name);
  void complain(std::string text);
  /// Ok when nothing was wrong and every field was asked for.
  [[nodiscard]] result<void> finish() const;

 private:
  [[nodiscard]] const boost::json::value* take(std::string_view name);
  const boost::json::object* object_{nullptr};
  std::vector<std::string> taken_{};
  std::string wrong_{};
};

}  // namespace sluice::simulator
