// Remembers first answers by what was asked.
#include "frozen_reads.hpp"

#include "parameters.hpp"

namespace sluice::simulator {
namespace {

/// Who asks for what; empty when the parameters cannot be read.
std::string question_of(const request& r) {
  const auto given = parameters::parse(r.query, r.body);
  if (error_of(given))
    return {};
  auto text = r.api_key + ' ' + r.path;
  for (const auto& [name, value] : std::get<0>(given).all())
    if (name != "timestamp" && name != "recvWindow" && name != "signature")
      text += '&' + name + '=' + value;
  return text;
}

}  // namespace

void frozen_reads::repeat(std::uint64_t fault, const request& r, reply& out) {
  if (r.method != "GET" || out.status != 200)
    return;
  const std::pair key{fault, question_of(r)};
  if (const auto first = bodies_.find(key); first != bodies_.end())
    out.body = first->second;
  else if (bodies_.size() < bodies_max)
    bodies_.emplace(key, out.body);
}

}  // namespace sluice::simulator
