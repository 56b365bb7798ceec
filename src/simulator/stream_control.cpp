// What stream clients say: SUBSCRIBE, UNSUBSCRIBE, LIST_SUBSCRIPTIONS, and how it is answered.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "stream_hub.hpp"

namespace sluice::simulator {
namespace {

namespace json = boost::json;

std::string refuse(const std::string& why, const json::value& id) {
  return json::serialize(
      json::object{{"error", {{"code", 2}, {"msg", "Invalid request: " + why}}}, {"id", id}});
}

/// The strings of an array; none when it is not an array of strings.
std::optional<std::vector<std::string>> strings_of(const json::value* value) {
  const auto* list = value ? value->if_array() : nullptr;
  if (!list)
    return std::nullopt;
  std::vector<std::string> out;
  for (const auto& item : *list) {
    const auto* text = item.if_string();
    if (!text)
      return std::nullopt;
    out.emplace_back(text->data(), text->size());
  }
  return out;
}

}  // namespace

bool stream_hub::one_too_many(connection& c, instant now) const {
  if (now - c.second_began >= std::chrono::seconds{1}) {
    c.second_began = now;
    c.messages = 0;
  }
  return ++c.messages > messages_max_;
}

bool stream_hub::control_frame(stream_id id, instant now) {
  const auto it = connections_.find(id);
  return it != connections_.end() && one_too_many(it->second, now);
}

stream_answer stream_hub::message(stream_id id, std::string_view text, instant now) {
  const auto it = connections_.find(id);
  if (it == connections_.end())
    return {};
  auto& c = it->second;
  if (one_too_many(c, now))
    return {std::nullopt, true};
  return {control(c, text), false};
}

std::string stream_hub::control(connection& c, std::string_view text) const {
  boost::system::error_code ec;
  const auto parsed = json::parse(text, ec);
  const auto* object = ec ? nullptr : parsed.if_object();
  if (!object)
    return refuse("not a JSON object", nullptr);
  const auto* id_field = object->if_contains("id");
  const json::value id = id_field ? *id_field : json::value(nullptr);
  if (!id.is_null() && !id.is_int64() && !id.is_uint64() && !id.is_string())
    return refuse("id must be an unsigned integer", nullptr);
  const auto* method = object->if_contains("method");
  if (!method || !method->is_string())
    return refuse("missing field `method`", id);
  const auto& name = method->get_string();
  if (name == "LIST_SUBSCRIPTIONS") {
    json::array names(c.names.begin(), c.names.end());
    return json::serialize(json::object{{"result", std::move(names)}, {"id", id}});
  }
  if (name != "SUBSCRIBE" && name != "UNSUBSCRIBE")
    return refuse("unknown variant", id);
  const auto names = strings_of(object->if_contains("params"));
  if (!names)
    return refuse("params must be an array of strings", id);
  for (const auto& n : *names)
    std::erase(c.names, n);
  if (name == "SUBSCRIBE") {
    if (c.names.size() + names->size() > streams_max_)
      return refuse("too many streams", id);
    for (const auto& n : *names)
      if (std::find(c.names.begin(), c.names.end(), n) == c.names.end())
        c.names.push_back(n);
  }
  return json::serialize(json::object{{"result", nullptr}, {"id", id}});
}

}  // namespace sluice::simulator
