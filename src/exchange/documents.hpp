// Whole reply documents as values: one object, or rows of objects, rejected at the first fault.
#pragma once

#include <utility>
#include <vector>

#include "json.hpp"

namespace sluice::exchange {

/// Reads a document that is one object by `read(object, faults)`.
template <class T, class Read>
[[nodiscard]] result<T> object_document(std::string_view body, Read read) {
  const auto document = read_document(body);
  if (!document)
    return document.error();
  json_faults faults;
  T value = read(json_object(*document, "reply", faults), faults);
  if (!faults.none())
    return faults.first();
  return value;
}

/// Reads a document that is an array of objects by `read(object, faults)`.
template <class T, class Read>
[[nodiscard]] result<std::vector<T>> array_document(std::string_view body, Read read) {
  const auto document = read_document(body);
  if (!document)
    return document.error();
  json_faults faults;
  std::vector<T> values;
  for (const auto row : rows_of(*document, faults)) {
    values.push_back(read(json_object(row, "row", faults), faults));
    if (!faults.none())
      break;
  }
  if (!faults.none())
    return faults.first();
  return values;
}

/// The same for endpoints that answer with one object instead of rows when a symbol was named.
template <class T, class Read>
[[nodiscard]] result<std::vector<T>> rows_document(std::string_view body, Read read) {
  const auto document = read_document(body);
  if (!document)
    return document.error();
  if (!document->is_object())
    return array_document<T>(body, std::move(read));
  auto one = object_document<T>(body, std::move(read));
  if (!one)
    return one.error();
  std::vector<T> values;
  values.push_back(std::move(*one));
  return values;
}

}  // namespace sluice::exchange
