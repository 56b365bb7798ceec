// An operator's JSON object, read leniently but for author and reason.
#include "operator_order.hpp"

#include <boost/json.hpp>

namespace sluice::actors {
namespace {

std::string text_of(const boost::json::value& document, const char* key) {
  const auto* object = document.if_object();
  const auto* member = object ? object->if_contains(key) : nullptr;
  const auto* text = member ? member->if_string() : nullptr;
  return text ? std::string(*text) : std::string{};
}

}  // namespace

std::optional<operator_order> read_order(std::string_view body,
                                         std::vector<status::problem_field>& faults) {
  boost::system::error_code failed;
  auto document = boost::json::parse(body, failed);
  if (failed)
    document = nullptr;
  operator_order order{text_of(document, "author"), text_of(document, "reason"),
                       text_of(document, "state")};
  if (order.author.empty())
    faults.push_back({"author", "must be a text that is not empty"});
  if (order.reason.empty())
    faults.push_back({"reason", "must be a text that is not empty"});
  if (!faults.empty())
    return std::nullopt;
  return order;
}

}  // namespace sluice::actors
