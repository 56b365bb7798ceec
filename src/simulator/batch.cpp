// Takes batches apart with a JSON parser that keeps to a small depth.
#include "batch.hpp"
#include "refusals.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <string>

namespace sluice::simulator {
namespace {

namespace json = boost::json;

std::optional<json::array> read_list(std::string_view text) {
  boost::system::error_code ec;
  json::parse_options options;
  options.max_depth = 4;
  auto value = json::parse(text, ec, {}, options);
  if (ec || !value.is_array())
    return std::nullopt;
  return std::move(value.get_array());
}

/// None for what has no place in an order: lists, objects, nothing, and numbers with a point, whose
/// digits a parser has already changed.
std::optional<std::string> text_of(const json::value& v) {
  if (const auto* text = v.if_string())
    return std::string(text->data(), text->size());
  if (const auto* number = v.if_int64())
    return std::to_string(*number);
  if (const auto* number = v.if_uint64())
    return std::to_string(*number);
  if (const auto* flag = v.if_bool())
    return *flag ? "true" : "false";
  return std::nullopt;
}

std::optional<parameters> read_order(const json::value& v) {
  const auto* object = v.if_object();
  if (!object)
    return std::nullopt;
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& field : *object) {
    auto text = text_of(field.value());
    if (!text)
      return std::nullopt;
    values.emplace_back(std::string(field.key().data(), field.key().size()), std::move(*text));
  }
  return parameters::of(std::move(values));
}

}  // namespace

outcome<std::vector<parameters>> read_batch(const parameters& p) {
  const auto text = p.need("batchOrders");
  if (const auto* wrong = error_of(text))
    return *wrong;
  const auto list = read_list(std::get<0>(text));
  if (!list)
    return bad_parameter("batchOrders");
  if (list->empty() || list->size() > batch_orders_max)
    return refuse<-4082>();
  std::vector<parameters> orders;
  for (const auto& v : *list) {
    auto order = read_order(v);
    if (!order)
      return bad_parameter("batchOrders");
    orders.push_back(std::move(*order));
  }
  return orders;
}

outcome<std::vector<parameters>> read_batch_names(const parameters& p) {
  const bool by_id = p.find("orderIdList").has_value();
  const char* const name = by_id ? "orderIdList" : "origClientOrderIdList";
  const auto text = p.need(name);
  if (const auto* wrong = error_of(text))
    return *wrong;
  const auto symbol = p.need("symbol");
  if (const auto* wrong = error_of(symbol))
    return *wrong;
  const auto list = read_list(std::get<0>(text));
  if (!list || list->empty() || list->size() > batch_ids_max)
    return bad_parameter(name);
  std::vector<parameters> names;
  for (const auto& v : *list) {
    auto id = text_of(v);
    if (!id || id->empty())
      return bad_parameter(name);
    names.push_back(parameters::of({{"symbol", std::string(std::get<0>(symbol))},
                                    {by_id ? "orderId" : "origClientOrderId", std::move(*id)}}));
  }
  return names;
}

}  // namespace sluice::simulator
