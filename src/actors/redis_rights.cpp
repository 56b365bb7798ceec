// A transaction that is never executed: the server checks a command's rights when it is queued.
#include "redis_rights.hpp"

#include <algorithm>
#include <string_view>

namespace sluice::actors {
namespace {

/// One of each, with keys as they are used.
std::vector<redis::command> commands_used(const redis::settings& s) {
  std::vector<redis::command> all{
      {"TIME"},
      {"PING"},
      {"XGROUP", "CREATE", s.stream, s.group, "$", "MKSTREAM"},
      {"XREADGROUP", "GROUP", s.group, s.consumer, "COUNT", "1", "STREAMS", s.stream, ">"},
      {"XAUTOCLAIM", s.stream, s.group, s.consumer, "3600000", "0-0", "COUNT", "1"},
      {"XPENDING", s.stream, s.group, "-", "+", "1", s.consumer},
      {"XRANGE", s.stream, "0-1", "0-1"},
      {"XADD", s.refused_stream, "MAXLEN", "~", "1000000", "*", "name", "value"},
      {"XACK", s.stream, s.group, "0-1"}};
  const auto permit = s.key_prefix + "permit:p33:none";
  const auto snapshot = s.key_prefix + "position:snapshot:NONE";
  if (s.write_permits)
    all.push_back({"SET", permit, "none", "EX", "1"});
  if (s.write_snapshots) {
    all.push_back({"HSET", snapshot, "name", "value"});
    all.push_back({"HDEL", snapshot, "name"});
    all.push_back({"PEXPIRE", snapshot, "1"});
  }
  return all;
}

/// A server that is short of memory, or loads, refuses for now; that is no question of rights. To
/// EXEC it says "EXECABORT Transaction discarded because of: NOPERM ...".
bool is_denied(const redis::reply& r) {
  const auto code = redis::error_code(r);
  return code == "NOPERM" || (code == "ERR" && r.text.starts_with("ERR unknown")) ||
         (code == "EXECABORT" && r.text.find("NOPERM") != std::string::npos);
}

}  // namespace

result<std::vector<std::string>> denied_commands(redis::client& link, const redis::settings& s) {
  std::vector<std::string> denied;
  // Where nothing was begun it does nothing, and says so.
  const auto ends = link.run({"EXEC"});
  if (!ends)
    return ends.error();
  if (is_denied(*ends))
    denied.emplace_back("EXEC");
  const auto begun = link.run({"MULTI"});
  if (!begun)
    return begun.error();
  // Without it the commands would be carried out.
  if (begun->is_error()) {
    if (is_denied(*begun))
      denied.emplace_back("MULTI");
    return denied;
  }
  const auto commands = commands_used(s);
  const auto replies = link.run_all(commands);
  if (!replies)
    return replies.error();
  for (std::size_t i = 0; i < commands.size(); ++i)
    if (is_denied(replies->at(i)))
      denied.push_back(commands[i].front());
  return denied;
}

}  // namespace sluice::actors
