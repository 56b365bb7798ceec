// One description per type serves writing and reading, so that no field can be forgotten in one of
// them: `describe(document, value)` names the fields, the document is a json_writer or json_reader.
#pragma once

#include <boost/json.hpp>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/domain/time.hpp"
#include "words.hpp"

namespace sluice::journal {

/// `auto` parameters of describe functions take the type const (writing) or not (reading).
template <class T, class Of>
concept is = std::same_as<std::remove_const_t<T>, Of>;

/// What is told from the surroundings of a value: the instant its own instants are relative to.
struct json_context {
  instant base{};
};

/// Differences wrap, so that every pair of instants comes back exactly.
[[nodiscard]] std::int64_t nanoseconds_since(instant base, instant t);
[[nodiscard]] instant instant_after(instant base, std::int64_t nanoseconds);

/// The text with every byte that is not part of well-formed UTF-8 replaced by U+FFFD.
[[nodiscard]] std::string well_formed(std::string_view text);

// Leaves. write_value never fails; read_value tells whether the value fits, and leaves `out` alone
// if not. Unions are in json_unions.hpp, structs in json_structs.hpp.

[[nodiscard]] boost::json::value write_value(const std::string& v, const json_context&);
[[nodiscard]] boost::json::value write_value(milliseconds v, const json_context&);
[[nodiscard]] boost::json::value write_value(instant v, const json_context& c);
/// RFC 3339; null for 0; the number itself where RFC 3339 has no year for it.
[[nodiscard]] boost::json::value write_value(wall_time v, const json_context&);
[[nodiscard]] boost::json::value write_value(venue_time v, const json_context&);

[[nodiscard]] bool read_value(const boost::json::value& v, bool& out, const json_context&);
[[nodiscard]] bool read_value(const boost::json::value& v, int& out, const json_context&);
[[nodiscard]] bool read_value(const boost::json::value& v, std::int64_t& out, const json_context&);
[[nodiscard]] bool read_value(const boost::json::value& v, std::uint64_t& out, const json_context&);
[[nodiscard]] bool read_value(const boost::json::value& v, std::string& out, const json_context&);
[[nodiscard]] bool read_value(const boost::json::value& v, milliseconds& out, const json_context&);
[[nodiscard]] bool read_value(const boost::json::value& v, instant& out, const json_context& c);
[[nodiscard]] bool read_value(const boost::json::value& v, wall_time& out, const json_context&);
[[nodiscard]] bool read_value(const boost::json::value& v, venue_time& out, const json_context&);

template <class T>
requires std::integral<T>
[[nodiscard]] boost::json::value write_value(T v, const json_context&) {
  return boost::json::value(v);
}

/// Enumerations are their words; the domain's to_string says "?" past the last one.
template <class E>
requires std::is_enum_v<E>
[[nodiscard]] boost::json::value write_value(E v, const json_context&) {
  return boost::json::value(to_string(v));
}
template <class E>
requires std::is_enum_v<E>
[[nodiscard]] bool read_value(const boost::json::value& v, E& out, const json_context&) {
  if (!v.is_string())
    return false;
  const auto parsed = parse_word<E>(std::string_view(v.get_string()));
  if (parsed)
    out = *parsed;
  return parsed.has_value();
}

template <class Tag>
[[nodiscard]] boost::json::value write_value(const name<Tag>& v, const json_context& c) {
  return write_value(v.str(), c);
}
template <class Tag>
[[nodiscard]] bool read_value(const boost::json::value& v, name<Tag>& out, const json_context& c) {
  std::string text;
  if (!read_value(v, text, c))
    return false;
  out = name<Tag>(std::move(text));
  return true;
}

template <class Tag>
[[nodiscard]] boost::json::value write_value(fixed<Tag> v, const json_context&) {
  return boost::json::value(v.str());
}
template <class Tag>
[[nodiscard]] bool read_value(const boost::json::value& v, fixed<Tag>& out, const json_context&) {
  if (!v.is_string())
    return false;
  const auto parsed = fixed<Tag>::parse(std::string_view(v.get_string()));
  if (parsed)
    out = *parsed;
  return parsed.has_value();
}

/// Collects the fields of one object.
class json_writer {
 public:
  explicit json_writer(const json_context& context) : context_(context) {}

  template <class T>
  void operator()(std::string_view key, const T& value) {
    fields_.emplace(key, write_value(value, context_));
  }
  /// A field that documents of earlier versions do not have.
  template <class T>
  void since_later(std::string_view key, const T& value) {
    (*this)(key, value);
  }
  /// The same, and left out where there is nothing to say.
  template <class T>
  void unless_empty(std::string_view key, const T& value) {
    if (!(value == T{}))
      (*this)(key, value);
  }
  /// An instant as it stands, which all later ones are relative to.
  void base(std::string_view key, const instant& value) {
    fields_.emplace(key, nanoseconds_since(instant{}, value));
    context_.base = value;
  }
  [[nodiscard]] boost::json::object take() { return std::move(fields_); }

 private:
  json_context context_;
  boost::json::object fields_{};
};

/// Takes the fields of one object; remembers the first that is missing or does not fit.
class json_reader {
 public:
  json_reader(const boost::json::object& fields, const json_context& context)
      : fields_(fields), context_(context) {}

  template <class T>
  void operator()(std::string_view key, T& value) {
    const auto* found = fields_.if_contains(key);
    if (!found || !read_value(*found, value, context_))
      blame(key);
  }
  /// Left alone when it is missing.
  template <class T>
  void since_later(std::string_view key, T& value) {
    if (fields_.contains(key))
      (*this)(key, value);
  }
  template <class T>
  void unless_empty(std::string_view key, T& value) {
    since_later(key, value);
  }
  void base(std::string_view key, instant& value) {
    context_.base = instant{};
    (*this)(key, value);
    context_.base = value;
  }
  void blame(std::string_view key) {
    if (fault_.empty())
      fault_ = key;
  }
  /// Empty when every field fitted.
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  const boost::json::object& fields_;
  json_context context_;
  std::string fault_{};
};

template <class T>
concept described = requires(json_writer& w, const T& v) {
  describe(w, v);
};

template <described T>
[[nodiscard]] boost::json::value write_value(const T& v, const json_context& c) {
  json_writer writer(c);
  describe(writer, v);
  return writer.take();
}
template <described T>
[[nodiscard]] bool read_value(const boost::json::value& v, T& out, const json_context& c) {
  if (!v.is_object())
    return false;
  json_reader reader(v.get_object(), c);
  T read{};
  describe(reader, read);
  if (!reader.fault().empty())
    return false;
  out = std::move(read);
  return true;
}

template <class T>
[[nodiscard]] boost::json::value write_value(const std::optional<T>& v, const json_context& c) {
  return v ? write_value(*v, c) : boost::json::value(nullptr);
}
template <class T>
[[nodiscard]] bool read_value(const boost::json::value& v, std::optional<T>& out,
                              const json_context& c) {
  if (v.is_null()) {
    out.reset();
    return true;
  }
  T read{};
  if (!read_value(v, read, c))
    return false;
  out = std::move(read);
  return true;
}

template <class T>
[[nodiscard]] boost::json::value write_value(const std::vector<T>& v, const json_context& c) {
  boost::json::array items;
  items.reserve(v.size());
  for (const auto& item : v)
    items.push_back(write_value(item, c));
  return items;
}
template <class T>
[[nodiscard]] bool read_value(const boost::json::value& v, std::vector<T>& out,
                              const json_context& c) {
  if (!v.is_array())
    return false;
  std::vector<T> read;
  for (const auto& item : v.get_array()) {
    T element{};
    if (!read_value(item, element, c))
      return false;
    read.push_back(std::move(element));
  }
  out = std::move(read);
  return true;
}

/// Parses a whole document into a described value. Errors: malformed, with `what` and the field.
template <described T>
[[nodiscard]] result<T> parse_document(std::string_view text, std::string_view what,
                                       const json_context& c = {}) {
  const auto bad = [what](std::string_view why) {
    return fail(errc::malformed, std::string(what) + ": " + std::string(why));
  };
  boost::system::error_code code;
  const auto document = boost::json::parse(text, code);
  if (code)
    return bad("not JSON: " + code.message());
  if (!document.is_object())
    return bad("not an object");
  json_reader reader(document.get_object(), c);
  T read{};
  describe(reader, read);
  if (!reader.fault().empty())
    return bad("field " + reader.fault() + " is missing or does not fit");
  return read;
}

}  // namespace sluice::journal
