/** Short templates of our own, each with what tells its family. */
export const TEMPLATES = {
  qwen: [
    `{%- if tools %}{{ '<|im_start|>system\\n' }}`,
    `{%- for tool in tools %}{{ tool | tojson }}{% endfor %}`,
    `{{ '<tool_call>\\n{\\"name\\": <name>, \\"arguments\\": <args>}\\n</tool_call><|im_end|>\\n' }}{%- endif %}`,
    `{%- for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content }}`,
    `{%- for call in message.tool_calls %}{{ '<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' }}`,
    `{{- call.function.arguments | tojson }}{{ '}\\n</tool_call>' }}{% endfor %}{{ '<|im_end|>\\n' }}{% endfor %}`,
  ].join('\n'),
  /** Arguments go into the prompt as they come. */
  hermesText: [
    `{%- for tool in tools %}{{ tool.function.name }}{% endfor %}`,
    `{%- for m in messages %}{{ m.role + ': ' + m.content }}{%- for c in m.tool_calls %}`,
    `{{ '<tool_call>{"name": "' + c.function.name + '", "arguments": ' + c.function.arguments + '}</tool_call>' }}`,
    `{%- endfor %}{{ '\\n' }}{% endfor %}`,
  ].join('\n'),
  llama: [
    `{%- if tools is defined %}{%- for t in tools %}{{ t | tojson }}{% endfor %}`,
    `{{ 'Write {"name": the name, "parameters": the arguments}.\\n' }}{%- endif %}`,
    `{%- for message in messages %}{%- if 'tool_calls' in message %}`,
    `{%- if not message.tool_calls|length == 1 %}{{ raise_exception('single tool-calls only') }}{%- endif %}`,
    `{%- set call = message.tool_calls[0].function %}`,
    `{{ '{"name": "' + call.name + '", "parameters": ' + (call.arguments | tojson) + '}<|eot_id|>\\n' }}`,
    `{%- elif message.role == 'tool' %}{{ '<|start_header_id|>ipython<|end_header_id|>' + message.content + '\\n' }}`,
    `{%- else %}{{ message.role + ': ' + message.content + '\\n' }}{%- endif %}{% endfor %}`,
  ].join('\n'),
  mistralList: [
    `{%- if tools is not none %}{{ '[AVAILABLE_TOOLS]' + (tools | tojson) + '[/AVAILABLE_TOOLS]' }}{%- endif %}`,
    `{%- for message in messages %}{%- if message.tool_calls is defined %}`,
    `{%- for call in message.tool_calls %}{%- if call.id|length != 9 %}{{ raise_exception('nine!') }}{%- endif %}`,
    `{{ '[TOOL_CALLS][' + (call.function | tojson)[:-1] + ', "id": "' + call.id + '"}]</s>' }}{% endfor %}`,
    `{%- elif message.role == 'tool' %}{{ '[TOOL_RESULTS]' + message.tool_call_id + message.content }}`,
    `{%- elif message.role == 'user' %}{{ '[INST]' + message.content + '[/INST]' }}`,
    `{%- else %}{{ raise_exception('Only user and assistant roles are supported!') }}{%- endif %}{% endfor %}`,
  ].join('\n'),
  mistralArgs: [
    `{%- if tools is defined %}{{ '[AVAILABLE_TOOLS]' + (tools | tojson) }}{%- endif %}`,
    `{%- for message in messages %}{%- for call in message.tool_calls %}`,
    `{{ '[TOOL_CALLS]' + call.function.name + '[CALL_ID]' + call.id + '[ARGS]' + (call.function.arguments | tojson) }}`,
    `{%- endfor %}{{ '[THINK]' if message.role == 'system' }}{{ message.content }}{% endfor %}`,
  ].join('\n'),
  /** Qwen3-Coder, GLM: calls in XML. */
  xml: [
    `{%- for tool in tools %}{{ tool | tojson }}{% endfor %}`,
    `{{ '<tool_call>\\n<function=name>\\n<parameter=key>value</parameter>\\n</function>\\n</tool_call> "arguments": ' }}`,
    `{%- for message in messages %}{{ message.role + ': ' + message.content + '\\n' }}{% endfor %}`,
  ].join('\n'),
  deepseek: [
    `{%- for message in messages %}{%- if message.role == 'assistant' %}`,
    `{{ '<A>' + message.content.split('</think>')[-1] + '<E>' }}`,
    `{%- else %}{{ message.role + ': ' + message.content + '\\n' }}{%- endif %}{% endfor %}`,
    `{%- if add_generation_prompt %}{{ '<A><think>\\n' }}{%- endif %}`,
  ].join('\n'),
  gemma: [
    `{%- if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{%- endif %}`,
    `{%- for message in messages %}{%- if (message.role == 'user') != (loop.index0 % 2 == 0) %}`,
    `{{ raise_exception('Conversation roles must alternate user/assistant/...') }}{%- endif %}`,
    `{{ '<turn>' + message.role + '\\n' + message.content + '\\n' }}{% endfor %}`,
  ].join('\n'),
  oldMistral: [
    `{%- for message in messages %}{%- if message.role == 'user' %}{{ '[INST]' + message.content + '[/INST]' }}`,
    `{%- elif message.role == 'assistant' %}{{ message.content }}`,
    `{%- else %}{{ raise_exception('Only user and assistant roles are supported!') }}{%- endif %}{% endfor %}`,
  ].join('\n'),
  plain: `{% for message in messages %}{{ message.role + ': ' + message.content + '\\n' }}{% endfor %}`,
} as const;
