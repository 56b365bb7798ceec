// A request and a response as values: what handlers see of HTTP.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::status {

/// Decoded query parameters in the order in which they came; a name may come more than once.
class query_parameters {
 public:
  query_parameters() = default;
  explicit query_parameters(std::vector<std::pair<std::string, std::string>> values)
      : values_(std::move(values)) {}

  /// The first value of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const {
    return values_;
  }
  [[nodiscard]] bool empty() const { return values_.empty(); }

 private:
  std::vector<std::pair<std::string, std::string>> values_{};
};

/// One request, whole and within limits. `authorization` is a secret.
struct request {
  std::string method{};  ///< As sent: "GET", "HEAD", "POST", ...
  std::string path{};  ///< Still percent-encoded, without the query; the router decodes parameters.
  query_parameters query{};
  std::string host{};
  std::string authorization{};
  std::string content_type{};
  std::string accept{};
  std::string last_event_id{};
  std::string if_none_match{};
  std::string body{};
  std::string peer{};   ///< The address it came from, without the port.
  bool may_look{true};  ///< May see what a token for looking guards; whoever checks tokens says so.
};

using header_list = std::vector<std::pair<std::string, std::string>>;

/// What goes back. The server adds length, date and the security headers, and leaves the body out
/// for HEAD. A header whose name or value could break the message becomes a 500.
struct response {
  int status{200};
  std::string content_type{};
  std::string body{};
  header_list headers{};
};

/// 200 with application/json.
[[nodiscard]] response json_response(std::string body, int status = 200);
/// 200 with text/plain.
[[nodiscard]] response text_response(std::string body, int status = 200);

/// "Not Found" and so on; "Unknown" for a status that has no phrase here.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace sluice::status
