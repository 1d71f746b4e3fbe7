"""The chat template (Jinja) that the file carries: ChatML.

The system messages and the declared tools make one system message, as in training; a tool's result comes as a user's
message; a call of the assistant is written as Hermes models write it.
"""
CHAT_TEMPLATE = """\
{%- set ns = namespace(system='', tools='') -%}
{%- for m in messages -%}
{%- if m.role == 'system' -%}{%- set ns.system = (ns.system + '\\n' if ns.system else '') + m.content -%}{%- endif -%}
{%- endfor -%}
{%- if tools -%}
{%- for t in tools -%}
{%- set args = [] -%}
{%- if t.function.parameters and t.function.parameters.properties -%}
{%- set args = t.function.parameters.properties.keys() | list -%}
{%- endif -%}
{%- set ns.tools = (ns.tools + ', ' if ns.tools else '') + t.function.name + '(' + args | join(', ') + ')' -%}
{%- endfor -%}
{%- set ns.system = (ns.system + '\\n' if ns.system else '') + 'Tools: ' + ns.tools -%}
{%- endif -%}
{%- if ns.system -%}{{ '<|im_start|>system\\n' + ns.system + '<|im_end|>\\n' }}{%- endif -%}
{%- for m in messages -%}
{%- if m.role == 'tool' -%}
{{ '<|im_start|>user\\n<tool_response>\\n' + m.content + '\\n</tool_response><|im_end|>\\n' }}
{%- elif m.role == 'assistant' -%}
{{ '<|im_start|>assistant\\n' + (m.content if m.content else '') }}
{%- if m.tool_calls -%}
{%- for c in m.tool_calls -%}
{{ '<tool_call>{"name": "' + c.function.name + '", "arguments": ' + (c.function.arguments if c.function.arguments is string else c.function.arguments | tojson) + '}</tool_call>' }}
{%- endfor -%}
{%- endif -%}
{{ '<|im_end|>\\n' }}
{%- elif m.role != 'system' -%}
{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}
"""
