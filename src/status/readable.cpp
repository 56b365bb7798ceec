// Walks a document once and writes a line for every value.
#include "sluice/status/readable.hpp"

#include <boost/json.hpp>

namespace sluice::status {
namespace {

namespace json = boost::json;

/// What could drive a terminal does not get there.
std::string plain(std::string_view text) {
  std::string out;
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? ' ' : c;
  }
  return out;
}

bool is_nested(const json::value& v) {
  return v.is_object() || v.is_array();
}

std::string scalar(const json::value& v) {
  if (v.is_null())
    return "-";
  if (const auto* text = v.if_string())
    return plain(*text);
  return json::serialize(v);
}

class writer {
 public:
  std::string out{};

  void members(const json::object& o, std::size_t indent) {
    for (const auto& [key, value] : o)
      member(key, value, indent);
  }

 private:
  void line(std::size_t indent, std::string_view text) {
    out.append(indent, ' ').append(text).append("\n");
  }

  void member(std::string_view key, const json::value& value, std::size_t indent) {
    const std::string name = plain(key) + ":";
    if (!is_nested(value))
      return line(indent, name + " " + scalar(value));
    const bool empty = value.is_object() ? value.get_object().empty() : value.get_array().empty();
    if (empty)
      return line(indent, name + " none");
    line(indent, name);
    if (const auto* o = value.if_object())
      members(*o, indent + 2);
    else
      rows(value.get_array(), indent + 2);
  }

  void rows(const json::array& list, std::size_t indent) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0 && list[i].is_object())
        out += '\n';
      if (const auto* o = list[i].if_object())
        members(*o, indent);
      else
        line(indent, is_nested(list[i]) ? json::serialize(list[i]) : scalar(list[i]));
    }
  }
};

}  // namespace

std::string readable(std::string_view json_text) {
  boost::system::error_code failed;
  const auto document = json::parse(json_text, failed);
  const auto* object = failed ? nullptr : document.if_object();
  if (!object)
    return plain(json_text) + "\n";
  writer w;
  w.members(*object, 0);
  return w.out;
}

std::string readable_problem(std::string_view json_text) {
  boost::system::error_code failed;
  const auto document = json::parse(json_text, failed);
  const auto* object = failed ? nullptr : document.if_object();
  if (!object)
    return plain(json_text) + "\n";
  std::string out;
  if (const auto* detail = object->if_contains("detail"))
    out += scalar(*detail) + "\n";
  if (const auto* errors = object->if_contains("errors"); errors && errors->is_array())
    for (const auto& e : errors->get_array())
      if (const auto* row = e.if_object()) {
        const auto* field = row->if_contains("field");
        const auto* reason = row->if_contains("reason");
        out += (field ? scalar(*field) : "?") + ": " + (reason ? scalar(*reason) : "?") + "\n";
      }
  if (const auto* title = object->if_contains("title"); out.empty() && title)
    out = scalar(*title) + "\n";
  return out.empty() ? plain(json_text) + "\n" : out;
}

}  // namespace sluice::status
