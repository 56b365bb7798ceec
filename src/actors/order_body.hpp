// The body of an operator's POST: a JSON object with author and reason; complains of every field
// that is wrong.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/domain/setting_fault.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/status/http_server.hpp"
#include "sluice/status/problem.hpp"

namespace sluice::actors {

class order_body {
 public:
  static constexpr std::size_t author_bytes_max = 64;
  static constexpr std::size_t text_bytes_max = 500;

  explicit order_body(std::string_view body);

  [[nodiscard]] const std::string& author() const { return author_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  /// Empty when there is no such text. A truth value reads as "true" or "false".
  [[nodiscard]] std::string text(std::string_view key) const;
  /// The same; its absence is a fault.
  std::string needed(std::string_view key, std::size_t bytes_max = text_bytes_max);
  /// A duration greater than zero; none when absent, or wrong and then a fault.
  std::optional<milliseconds> span(std::string_view key, std::string_view example);

  void complain(std::string_view key, std::string why);
  /// True when nothing is wrong; otherwise the refusal has been sent. A field that nobody has read
  /// until now is wrong too: a misspelt end would be no end.
  [[nodiscard]] bool good(const status::responder& reply);

 private:
  void complain_of_unread();

  std::vector<std::pair<std::string, std::string>> texts_{};
  mutable std::vector<std::string> read_{};  ///< Keys that were asked for.
  std::string author_{};
  std::string reason_{};
  std::vector<status::problem_field> faults_{};
};

/// 400, naming each field with what is wrong.
[[nodiscard]] status::response faults_response(const std::vector<setting_fault>& faults);

}  // namespace sluice::actors
