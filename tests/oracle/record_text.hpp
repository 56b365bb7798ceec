// A record's JSON, and its fields, which are read once however many ask for them.
#pragma once

#include <boost/json.hpp>

#include <optional>
#include <string>
#include <utility>

namespace sluice::oracle {

/// For one thread, copies included: they share the memory of the fields.
class record_text {
 public:
  record_text() = default;
  record_text(std::string text) : text_(std::move(text)) {}
  record_text(const char* text) : text_(text) {}

  [[nodiscard]] const std::string& str() const { return text_; }

  /// Throws boost::system::system_error for what is no JSON object.
  [[nodiscard]] const boost::json::object& fields() const {
    if (!fields_)
      fields_.emplace(boost::json::parse(
          text_, boost::json::make_shared_resource<boost::json::monotonic_resource>()));
    return fields_->as_object();
  }

 private:
  std::string text_{};
  mutable std::optional<boost::json::value> fields_{};
};

}  // namespace sluice::oracle
