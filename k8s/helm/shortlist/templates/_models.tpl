{{/* The volume with the versions of the model, by its source. */}}
{{- define "shortlist.modelVolume" -}}
{{- with .Values.model -}}
- name: models
{{- if eq .source "pvc" }}
  persistentVolumeClaim: {claimName: {{ .pvc.claimName | quote }}, readOnly: true}
{{- else if eq .source "s3" }}
  emptyDir: {sizeLimit: {{ .s3.size | quote }}}
{{- else }}
  image:
    reference: {{ .image.reference | quote }}
    pullPolicy: {{ .image.pullPolicy }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "shortlist.modelMount" -}}
{{- $subPath := eq .Values.model.source "s3" | ternary "" (index .Values.model .Values.model.source | dig "subPath" "") -}}
- name: models
  mountPath: /models
  readOnly: true
{{- with $subPath }}
  subPath: {{ . | quote }}
{{- end }}
{{- end -}}

{{/*
Copies from the bucket to /models. A folder there counts as a version once its manifest.json is there, so manifests come
after everything else; a version that the bucket no longer has is removed last.
*/}}
{{- define "shortlist.fetchScript" -}}
fetch() {
  rclone copy --exclude manifest.json "models:$MODELS_PATH" /models &&
    rclone copy --include manifest.json "models:$MODELS_PATH" /models &&
    rclone sync "models:$MODELS_PATH" /models
}
{{- end -}}

{{/* Call with (dict "root" $ "name" ... "script" ...). */}}
{{- define "shortlist.fetchContainer" -}}
{{- $s3 := .root.Values.model.s3 -}}
name: {{ .name }}
image: {{ $s3.image | quote }}
command: [/bin/sh, -euc]
args:
  - |
    {{- include "shortlist.fetchScript" .root | nindent 4 }}
    {{- .script | nindent 4 }}
env:
  - {name: HOME, value: /tmp}
  - {name: MODELS_PATH, value: {{ $s3.path | quote }}}
  - {name: RCLONE_CONFIG, value: /dev/null}
  - {name: RCLONE_CONFIG_MODELS_TYPE, value: s3}
  - {name: RCLONE_CONFIG_MODELS_PROVIDER, value: {{ $s3.provider | quote }}}
  - {name: RCLONE_CONFIG_MODELS_ENV_AUTH, value: "true"}
  {{- with $s3.endpoint }}
  - {name: RCLONE_CONFIG_MODELS_ENDPOINT, value: {{ . | quote }}}
  {{- end }}
  {{- with $s3.region }}
  - {name: RCLONE_CONFIG_MODELS_REGION, value: {{ . | quote }}}
  {{- end }}
{{- with $s3.secretName }}
envFrom:
  - secretRef: {name: {{ . | quote }}}
{{- end }}
{{- /* The copy counts as the pod's own storage, so the containers together must be allowed that much. */}}
{{- $storage := dict "ephemeral-storage" $s3.size -}}
{{- $resources := mergeOverwrite (deepCopy $s3.resources) (dict "requests" $storage "limits" $storage) }}
resources:
  {{- toYaml $resources | nindent 2 }}
securityContext:
  {{- include "shortlist.containerSecurity" .root | nindent 2 }}
volumeMounts:
  - {name: models, mountPath: /models}
  - {name: tmp, mountPath: /tmp}
{{- end -}}

{{/* What the profile "restricted" of Pod Security asks of a container. */}}
{{- define "shortlist.containerSecurity" -}}
allowPrivilegeEscalation: false
capabilities: {drop: [ALL]}
readOnlyRootFilesystem: true
{{- end -}}
